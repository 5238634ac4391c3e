import { createHash, randomUUID } from 'node:crypto';
import {
  type AdminServer,
  createAdminServer,
  formatListenAddress,
  type ListenAddress,
  type Logger,
  type Metrics,
  type Service,
} from '@aigw/service-runtime';
import { createCredentialPool } from './auth/credential-pool.ts';
import { type ConfigStore } from './config/runtime-config.ts';
import { createConfigStore } from './config/config-store.ts';
import { createConfigSubscription } from './config/config-subscription.ts';
import { createConfigWatcher } from './config/config-watcher.ts';
import type { ExtprocFlags } from './flags.ts';
import { createEndpointTable } from './processors/endpoint-table.ts';
import type { ProcessorDeps } from './processors/processor-deps.ts';
import { createRouterProcessor } from './processors/router-processor.ts';
import { createUpstreamProcessor } from './processors/upstream-processor.ts';
import { createExchangeStore } from './stream/exchange-store.ts';
import type { Interrupt } from './stream/processor.ts';
import { createSession } from './stream/session.ts';
import { createConfigMetrics } from './telemetry/config-metrics.ts';
import { createRequestMetrics } from './telemetry/create-request-metrics.ts';
import { createGrpcJsTransport } from './transport/grpc-js/grpc-js-transport.ts';
import { createSilenceWatch, every } from './stream/silence-watch.ts';
import type { OpenStream, Transport } from './transport/transport.ts';

/** What the process gives to its server. */
export interface ExtprocOptions {
  readonly flags: ExtprocFlags;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * The parts of the external processor in the order in which they start: configuration, admin port, gRPC.
 * They stop in the opposite order, so that the probes say that we are leaving while streams end.
 * @throws Error when this Node cannot serve Envoy.
 */
export function createExtprocServices({ flags, logger, metrics }: ExtprocOptions): Service[] {
  const configMetrics = createConfigMetrics(metrics);
  const credentials = createCredentialPool({
    now: Date.now,
    random: Math.random,
    onError: (error, failed) => logger.error('credentials cannot be fetched', { ...failed, error }),
  });
  const store = createConfigStore({ credentials, now: Date.now, logger, metrics: configMetrics });
  const processors = buildProcessorDeps({ flags, logger, metrics }, store);
  const transport = createGrpcJsTransport({ openStream: createStreamOpener(processors) });
  const state = { isServing: false };
  const { configServer } = flags;
  return [
    createConfigWatcher({ source: flags.configSource, store, logger, metrics: configMetrics }),
    ...(configServer === undefined
      ? []
      : [
          createConfigSubscription({
            server: configServer,
            store,
            logger,
            metrics: configMetrics,
            now: () => performance.now(),
            random: Math.random,
          }),
        ]),
    createAdmin(flags.adminAddress, metrics, () => state.isServing),
    createTransportService(transport, flags.extProcAddress, logger, state),
  ];
}

/** Opens the sessions of one process, which share their processors' dependencies. */
export function createStreamOpener(deps: ProcessorDeps): OpenStream {
  const options = {
    logger: deps.logger,
    processors: {
      router: (interrupt: Interrupt) => createRouterProcessor(deps, interrupt),
      upstream: (interrupt: Interrupt) => createUpstreamProcessor(deps, interrupt),
    },
  };
  return (stream) => createSession(options, stream);
}

function buildProcessorDeps({ flags, logger, metrics }: ExtprocOptions, config: ConfigStore): ProcessorDeps {
  const { rootPrefix, endpointPrefixes, logHeaderAttributes, metricsHeaderAttributes } = flags;
  return {
    config,
    exchanges: createExchangeStore(),
    findTarget: createEndpointTable({ root: rootPrefix, ...endpointPrefixes }),
    metrics: createRequestMetrics({
      metrics,
      now: () => performance.now(),
      headerAttributes: metricsHeaderAttributes,
    }),
    logger,
    logAttributes: logHeaderAttributes.map(({ header, attribute }) => [header, attribute] as const),
    silence: createSilenceWatch(every),
    firstEventTimeoutMs: flags.firstEventTimeoutMs,
    streamIdleTimeoutMs: flags.streamIdleTimeoutMs,
    createId: randomUUID,
    nowSeconds: () => Math.floor(Date.now() / 1000),
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  };
}

function createAdmin(address: ListenAddress, metrics: Metrics, isHealthy: () => boolean): AdminServer {
  return createAdminServer({ address, isHealthy, metrics: () => metrics.text() });
}

function createTransportService(
  transport: Transport,
  address: ListenAddress,
  logger: Logger,
  state: { isServing: boolean },
): Service {
  return {
    name: 'extproc',
    async start() {
      const bound = await transport.listen(address);
      const port = bound.kind === 'tcp' ? bound.port : undefined;
      logger.info('listening', { address: formatListenAddress(address, port) });
      transport.setServing(true);
      state.isServing = true;
    },
    async stop(deadline) {
      state.isServing = false;
      await transport.drain(deadline);
    },
  };
}
