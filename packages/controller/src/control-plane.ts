import type { CheckCel, Sha256Hex } from '@aigw/planner';
import type { Logger } from '@aigw/service-runtime';
import type { ApiClient } from './kube/api-client.ts';
import { createApplier } from './kube/apply.ts';
import { endRequestsBy } from './kube/end-requests.ts';
import type { ObjectKey } from './kube/kube-object.ts';
import { createStatusWriter } from './kube/status-writer.ts';
import { type Controller, createController, type Reconcile } from './manager/controller.ts';
import type { Change } from './manager/informer.ts';
import { createManager } from './manager/manager.ts';
import type { LeaderElection } from './manager/leader-election.ts';
import { reconcileRoute } from './reconcilers/ai-gateway-route/reconcile.ts';
import { reconcileBackend } from './reconcilers/ai-service-backend/reconcile.ts';
import { reconcilePolicy } from './reconcilers/backend-security-policy/reconcile.ts';
import { type ClusterState, createClusterState } from './reconcilers/cluster-state.ts';
import { type ControllerName, controllerNames, delayOf, dependentsOf } from './reconcilers/dependents.ts';
import { reconcileGateway } from './reconcilers/gateway/reconcile.ts';
import { reconcileGatewayConfig } from './reconcilers/gateway-config/reconcile.ts';
import type { ExchangeCredentials } from './reconcilers/credential-rotation/exchange-credentials.ts';
import { reconcileRotation } from './reconcilers/credential-rotation/reconcile.ts';
import { createRotationOutcomes } from './reconcilers/credential-rotation/rotation.ts';
import { createPublications } from './reconcilers/publications.ts';
import type { ReconcileContext } from './reconcilers/reconcile-context.ts';
import { reconcileUnsupported } from './reconcilers/unsupported/reconcile.ts';
import { watchedTypes } from './watched-types.ts';
import type { SidecarDefaults } from './webhook/sidecar-container.ts';

export interface ControlPlaneOptions {
  readonly client: ApiClient;
  readonly logger: Logger;
  readonly sha256Hex: Sha256Hex;
  readonly checkCel: CheckCel;
  /** The time as RFC 3339 has it, in whole seconds. */
  readonly now: () => string;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
  /** The Secret with our certificate: proxies are told its authority. */
  readonly certificateSecret: ObjectKey;
  readonly envoyGatewayNamespace: string;
  /** Where all proxies are; absent: beside their Gateways. */
  readonly proxyNamespace?: string;
  readonly extprocContainer: string;
  /** What the webhook gives to all proxies. */
  readonly sidecarDefaults: () => Promise<SidecarDefaults>;
  /** How tokens are exchanged for credentials; absent: the data plane alone does it. */
  readonly exchange?: ExchangeCredentials;
  /** Absent: this is the only replica. */
  readonly election?: LeaderElection;
  readonly onResult?: (controller: string, outcome: 'succeeded' | 'failed') => void;
}

/** The reconcilers of a cluster, over watches that every replica keeps. */
export interface ControlPlane {
  /** What was last seen of the cluster; filled once `start` has resolved. */
  readonly state: ClusterState;
  /** Tells of every change that is seen, on every replica. */
  subscribe(listener: (change: Change) => void): void;
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
  CredentialRotation: reconcileRotation,
  Unsupported: reconcileUnsupported,
};

export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { client, logger, sha256Hex, now, exchange, election, onResult } = options;
  const manager = createManager({ client, logger, types: watchedTypes(options.proxyNamespace) });
  const state = createClusterState(manager.stores);
  const controllers = new Map<ControllerName, Controller>();
  const publications = createPublications();
  const rotation = exchange && {
    exchange,
    outcomes: createRotationOutcomes(),
    clock: Date.now,
    random: Math.random,
  };
  const enqueue: ReconcileContext['enqueue'] = (controller, key, afterMs) =>
    controllers.get(controller)?.enqueue(key, afterMs);

  /** What is sent for a term ends with it: nothing is written once another one may lead. */
  const contextOf = (term: AbortSignal): ReconcileContext => {
    const termClient = endRequestsBy(client, () => term);
    return {
      ...options,
      client: termClient,
      state,
      applier: createApplier(termClient, sha256Hex),
      status: createStatusWriter(termClient, now),
      publications,
      ...(rotation !== undefined && { rotation }),
      enqueue,
    };
  };

  /** New queues for each term: a closed one takes no keys. */
  const lead = async (signal: AbortSignal): Promise<void> => {
    const context = contextOf(signal);
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
        const dependents = dependentsOf(state, change, options.certificateSecret);
        for (const dependent of dependents) {
          enqueue(dependent.controller, dependent.key, delayOf(change, dependent, dependents.length));
        }
      },
      signal,
    );
  };

  return {
    state,
    subscribe: (listener) => manager.subscribe(listener),
    start: (signal) => manager.start(signal),
    async run(signal) {
      const outcome = election === undefined ? 'stopped' : await election.run(lead, signal);
      if (election === undefined) await lead(signal);
      // The watches go on until whoever is told of it ends them.
      if (outcome === 'lost') throw new Error('the lease was lost: not renewed in time, or taken by another');
      await manager.stopped();
    },
    pending: () => [...controllers.values()].reduce((sum, { pending }) => sum + pending, 0),
  };
}
