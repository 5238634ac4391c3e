import { createExpressionCheck } from '@aigw/cost-expression';
import type { KubeConfig } from '@kubernetes/client-node';
import {
  type AdminServer,
  createAdminServer,
  type Logger,
  type Metrics,
  type Service,
  sha256Hex,
} from '@aigw/service-runtime';
import { randomUUID } from 'node:crypto';
import { type ControlPlane, createControlPlane } from './control-plane.ts';
import type { ExtensionTls } from './extension-server/credentials.ts';
import { createDeletedRoutes } from './extension-server/deleted-routes.ts';
import { createExtensionServer } from './extension-server/extension-server.ts';
import type { Surroundings } from './extension-server/post-translate-modify.ts';
import { createServedTranslations, forgetGateway } from './extension-server/served-translations.ts';
import type { ControllerFlags } from './flags.ts';
import { certificateSecretOf } from './installation/names.ts';
import { type ApiClient, createApiClient } from './kube/api-client.ts';
import { keyOfMetadata } from './kube/kube-object.ts';
import { createLeaderElection } from './manager/leader-election.ts';
import { createExchangeCredentials } from './reconcilers/credential-rotation/exchange-credentials.ts';
import { createSecureHandlers } from './secure-server/secure-handlers.ts';
import { createSecureService } from './secure-server/secure-service.ts';
import {
  createTranslationRecorder,
  type TranslationRecorder,
} from './translation-records/record-translations.ts';
import { createClientAuthority } from './webhook/certificates/client-authority.ts';
import type { SidecarDefaults } from './webhook/sidecar-container.ts';
import { createSidecarDefaults } from './webhook/sidecar-defaults.ts';
import { createServiceCertificate } from './webhook/certificates/service-certificate.ts';

export interface ControllerOptions {
  readonly flags: ControllerFlags;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly kubeConfig: KubeConfig;
  /** Our own pod: where the lease is, and who holds it. */
  readonly pod: { readonly namespace: string; readonly name: string };
}

/** The API server has whole seconds. */
const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

function controlPlaneOf(
  options: ControllerOptions,
  client: ApiClient,
  sidecarDefaults: () => Promise<SidecarDefaults>,
): ControlPlane {
  const { flags, logger, metrics, pod } = options;
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
    checkCel: createExpressionCheck(),
    now,
    nowMs: Date.now,
    certificateSecret: keyOfMetadata({ namespace: pod.namespace, name: certificateSecretOf(flags) }),
    envoyGatewayNamespace: flags.envoyGatewayNamespace,
    ...(!flags.areProxiesBesideGateways && { proxyNamespace: flags.envoyGatewayNamespace }),
    extprocContainer: flags.extprocContainer,
    sidecarDefaults,
    ...(flags.isCredentialRotationEnabled && { exchange: createExchangeCredentials() }),
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

/** What a replica remembers for its translations, and forgets with what is gone. */
function createSurroundings(plane: ControlPlane): Surroundings {
  const served = createServedTranslations(() => performance.now());
  const deleted = createDeletedRoutes();
  plane.subscribe((change) => {
    deleted.note(change);
    forgetGateway(served, change);
  });
  return { served, isGone: (uid) => deleted.has(uid) };
}

/** Every replica serves it: what it stamps comes with the request. */
function extensionService(
  { flags, logger }: ControllerOptions,
  { recorder, around }: { recorder: TranslationRecorder; around: Surroundings },
  tls: ExtensionTls | undefined,
): Service {
  const server = createExtensionServer({
    extprocSocket: flags.extprocSocket,
    around,
    onTranslated: ({ problems, routes }) => {
      for (const problem of problems) logger.warn('left as Envoy Gateway made it', { ...problem });
      recorder.note(routes);
    },
    ...(tls !== undefined && { tls }),
  });
  return {
    name: 'extension server',
    async start() {
      const port = await server.listen(flags.extensionAddress);
      logger.info('extension server is listening', { port, tls: tls !== undefined });
    },
    stop: () => server.stop(),
  };
}

/** The parts of the controller in the order in which they start; they stop in the opposite one. */
export function createControllerServices(options: ControllerOptions): Service[] {
  const { flags, logger, pod } = options;
  const state = { isReady: false };
  const isReady = (): boolean => state.isReady;
  const client = createApiClient(options.kubeConfig);
  const sidecarDefaults = createSidecarDefaults({ flags, client, namespace: pod.namespace });
  const plane = controlPlaneOf(options, client, sidecarDefaults);
  const certificate = createServiceCertificate({
    client,
    logger,
    flags,
    sha256Hex,
    namespace: pod.namespace,
  });
  const recorder = createTranslationRecorder({ client, logger, sha256Hex, isReady, state: plane.state });
  const clientAuthority =
    flags.extensionClientSecret === ''
      ? undefined
      : createClientAuthority({
          client,
          logger,
          namespace: flags.envoyGatewayNamespace,
          name: flags.extensionClientSecret,
        });
  const tls = { certificate, ...(clientAuthority !== undefined && { clientAuthority }) };
  return [
    adminService(options, state),
    certificate,
    ...(clientAuthority === undefined ? [] : [clientAuthority]),
    recorder,
    extensionService(
      options,
      { recorder, around: createSurroundings(plane) },
      flags.isExtensionTls ? tls : undefined,
    ),
    createSecureService({
      logger,
      port: flags.webhookPort,
      certificate,
      handlers: () => createSecureHandlers({ client, plane, isReady, sidecarDefaults }),
    }),
    watchService(plane, logger, state),
  ];
}
