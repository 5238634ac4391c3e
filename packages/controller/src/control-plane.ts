import type { Sha256Hex } from '@aigw/planner';
import type { Logger } from '@aigw/service-runtime';
import type { ApiClient } from './kube/api-client.ts';
import { createApplier } from './kube/apply.ts';
import { createStatusWriter } from './kube/status-writer.ts';
import { type Controller, createController, type Reconcile } from './manager/controller.ts';
import { createManager } from './manager/manager.ts';
import type { LeaderElection } from './manager/leader-election.ts';
import { reconcileRoute } from './reconcilers/ai-gateway-route/reconcile.ts';
import { reconcileBackend } from './reconcilers/ai-service-backend/reconcile.ts';
import { reconcilePolicy } from './reconcilers/backend-security-policy/reconcile.ts';
import { type ClusterState, createClusterState } from './reconcilers/cluster-state.ts';
import { type ControllerName, controllerNames, dependentsOf } from './reconcilers/dependents.ts';
import { reconcileGateway } from './reconcilers/gateway/reconcile.ts';
import { reconcileGatewayConfig } from './reconcilers/gateway-config/reconcile.ts';
import { createPublications } from './reconcilers/publications.ts';
import type { ReconcileContext } from './reconcilers/reconcile-context.ts';
import { reconcileUnsupported } from './reconcilers/unsupported/reconcile.ts';
import { watchedTypes } from './watched-types.ts';

export interface ControlPlaneOptions {
  readonly client: ApiClient;
  readonly logger: Logger;
  readonly sha256Hex: Sha256Hex;
  /** The time as RFC 3339 has it, in whole seconds. */
  readonly now: () => string;
  readonly envoyGatewayNamespace: string;
  readonly extprocContainer: string;
  /** Absent: this is the only replica. */
  readonly election?: LeaderElection;
  readonly onResult?: (controller: string, outcome: 'succeeded' | 'failed') => void;
}

/** The reconcilers of a cluster, over watches that every replica keeps. */
export interface ControlPlane {
  /** What was last seen of the cluster; filled once `start` has resolved. */
  readonly state: ClusterState;
  /** Starts the watches; resolves when everything has been seen once. */
  start(signal: AbortSignal): Promise<void>;
  /** Reconciles until the signal, while this replica leads. Rejects when the lease is lost: the process starts anew. */
  run(signal: AbortSignal): Promise<void>;
  /** How many keys wait or are worked on. */
  pending(): number;
}

const reconcilers: Readonly<Record<ControllerName, (context: ReconcileContext) => Reconcile>> = {
  AIGatewayRoute: reconcileRoute,
  Gateway: reconcileGateway,
  AIServiceBackend: reconcileBackend,
  BackendSecurityPolicy: reconcilePolicy,
  GatewayConfig: reconcileGatewayConfig,
  Unsupported: reconcileUnsupported,
};

export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { client, logger, sha256Hex, now, election, onResult } = options;
  const manager = createManager({ client, logger, types: watchedTypes });
  const state = createClusterState(manager.stores);
  const controllers = new Map<ControllerName, Controller>();
  const context: ReconcileContext = {
    ...options,
    state,
    applier: createApplier(client, sha256Hex),
    status: createStatusWriter(client, now),
    publications: createPublications(),
    enqueue: (controller, key, afterMs) => controllers.get(controller)?.enqueue(key, afterMs),
  };

  /** New queues for each term: a closed one takes no keys. */
  const lead = async (signal: AbortSignal): Promise<void> => {
    for (const name of controllerNames) {
      const reconcile = reconcilers[name](context);
      controllers.set(
        name,
        createController({ name, reconcile, logger, ...(onResult !== undefined && { onResult }) }),
      );
    }
    await manager.lead(
      [...controllers.values()],
      (change) => {
        for (const { controller, key } of dependentsOf(state, change)) context.enqueue(controller, key);
      },
      signal,
    );
  };

  return {
    state,
    start: (signal) => manager.start(signal),
    async run(signal) {
      const outcome = election === undefined ? 'stopped' : await election.run(lead, signal);
      if (election === undefined) await lead(signal);
      await manager.stopped();
      if (outcome === 'lost') throw new Error('the lease was lost to another replica');
    },
    pending: () => [...controllers.values()].reduce((sum, { pending }) => sum + pending, 0),
  };
}
