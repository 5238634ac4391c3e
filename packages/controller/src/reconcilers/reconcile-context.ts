import type { CheckCel, Sha256Hex } from '@aigw/planner';
import type { Logger } from '@aigw/service-runtime';
import type { ApiClient } from '../kube/api-client.ts';
import type { Applier } from '../kube/apply.ts';
import type { ObjectKey } from '../kube/kube-object.ts';
import type { StatusWriter } from '../kube/status-writer.ts';
import type { SidecarDefaults } from '../webhook/sidecar-container.ts';
import type { ClusterState } from './cluster-state.ts';
import type { ControllerName } from './dependents.ts';
import type { Rotation } from './credential-rotation/rotation.ts';
import type { Publications } from './publications.ts';

/** What every reconciler works with. */
export interface ReconcileContext {
  readonly state: ClusterState;
  readonly client: ApiClient;
  readonly applier: Applier;
  readonly status: StatusWriter;
  readonly publications: Publications;
  readonly sha256Hex: Sha256Hex;
  readonly checkCel: CheckCel;
  readonly logger: Logger;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
  /** The Secret with our certificate: proxies are told its authority. */
  readonly certificateSecret: ObjectKey;
  /** Where Envoy Gateway runs proxies that it does not put beside their Gateway. */
  readonly envoyGatewayNamespace: string;
  /** The container that the webhook adds to proxies. */
  readonly extprocContainer: string;
  /** What the webhook gives to all proxies. */
  readonly sidecarDefaults: () => Promise<SidecarDefaults>;
  /** Absent: the data plane alone exchanges tokens for credentials. */
  readonly rotation?: Rotation;
  readonly enqueue: (controller: ControllerName, key: ObjectKey, afterMs?: number) => void;
}
