import { KubeConfig } from '@kubernetes/client-node';
import {
  type AdminServer,
  createAdminServer,
  type Logger,
  type Metrics,
  type Service,
} from '@aigw/service-runtime';
import { createHash, randomUUID } from 'node:crypto';
import { type ControlPlane, createControlPlane } from './control-plane.ts';
import { createExtensionServer } from './extension-server/extension-server.ts';
import type { ControllerFlags } from './flags.ts';
import { type ApiClient, createApiClient } from './kube/api-client.ts';
import { createLeaderElection } from './manager/leader-election.ts';
import { createFindSidecar } from './webhook/find-sidecar.ts';
import { createWebhookService } from './webhook/webhook-service.ts';

export interface ControllerOptions {
  readonly flags: ControllerFlags;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Our own pod: where the lease is, and who holds it. */
  readonly pod: { readonly namespace: string; readonly name: string };
}

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The API server has whole seconds. */
const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

function apiClient(): ApiClient {
  const config = new KubeConfig();
  config.loadFromDefault();
  return createApiClient(config);
}

function controlPlaneOf({ flags, logger, metrics, pod }: ControllerOptions, client: ApiClient): ControlPlane {
  const results = metrics.counter({
    name: 'aigw_controller_reconciles_total',
    help: 'Reconciliations by controller and outcome.',
    labels: ['controller', 'outcome'],
  });
  const identity = `${pod.name}_${randomUUID()}`;
  return createControlPlane({
    client,
    logger,
    sha256Hex,
    now,
    envoyGatewayNamespace: flags.envoyGatewayNamespace,
    extprocContainer: flags.extprocContainer,
    onResult: (controller, outcome) => results.with({ controller, outcome }).add(),
    ...(flags.isLeaderElectionEnabled && {
      election: createLeaderElection({
        client,
        logger,
        namespace: pod.namespace,
        name: flags.leaseName,
        identity,
      }),
    }),
  });
}

function watchService(plane: ControlPlane, logger: Logger, state: { isReady: boolean }): Service {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    name: 'reconcilers',
    // Whoever waits for the API server can still be stopped, and says so when asked.
    start(fail) {
      const follow = async (): Promise<void> => {
        await plane.start(stopping.signal);
        state.isReady = !stopping.signal.aborted;
        if (state.isReady) logger.info('the cluster has been seen');
        await plane.run(stopping.signal);
      };
      running = follow().catch(fail);
      return Promise.resolve();
    },
    async stop() {
      state.isReady = false;
      stopping.abort();
      await running;
    },
  };
}

function adminService(
  { flags, metrics }: ControllerOptions,
  state: { readonly isReady: boolean },
): AdminServer {
  return createAdminServer({
    address: flags.adminAddress,
    isHealthy: () => true,
    metrics: () => metrics.text(),
    handlers: {
      '/ready': () => ({
        status: state.isReady ? 200 : 503,
        contentType: 'text/plain; charset=utf-8',
        body: state.isReady ? 'OK' : 'waiting for the API server',
      }),
    },
  });
}

/** Every replica serves it: what it stamps comes with the request. */
function extensionService({ flags, logger }: ControllerOptions): Service {
  const server = createExtensionServer({
    extprocSocket: flags.extprocSocket,
    onTranslated: (problems) => {
      for (const problem of problems) logger.warn('left as Envoy Gateway made it', { ...problem });
    },
  });
  return {
    name: 'extension server',
    async start() {
      const port = await server.listen(flags.extensionAddress);
      logger.info('extension server is listening', { port });
    },
    stop: () => server.stop(),
  };
}

/** Every replica serves it, from what it has seen of the cluster. */
function webhookService(
  { flags, logger, pod }: ControllerOptions,
  client: ApiClient,
  plane: ControlPlane,
  state: { readonly isReady: boolean },
): Service {
  const { sidecar, extprocContainer, extprocSocket, webhookConfigurationName: given } = flags;
  return createWebhookService({
    client,
    logger,
    port: flags.webhookPort,
    service: { namespace: pod.namespace, name: flags.serviceName },
    configurationName: given === '' ? `envoy-ai-gateway-gateway-pod-mutator.${pod.namespace}` : given,
    certificateSecret: `${flags.serviceName}-webhook-certificate`,
    isReady: () => state.isReady,
    findSidecar: createFindSidecar(plane.state.resources, sha256Hex),
    defaults: {
      ...sidecar,
      containerName: extprocContainer,
      socket: extprocSocket,
      imagePullSecrets: sidecar.imagePullSecrets.map((name) => ({ name })),
      extraArgs: [],
    },
  });
}

/** The parts of the controller in the order in which they start; they stop in the opposite one. */
export function createControllerServices(options: ControllerOptions): Service[] {
  const state = { isReady: false };
  const client = apiClient();
  const plane = controlPlaneOf(options, client);
  return [
    adminService(options, state),
    extensionService(options),
    webhookService(options, client, plane, state),
    watchService(plane, options.logger, state),
  ];
}
