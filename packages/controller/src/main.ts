import { createLogger, createMetrics, runServices } from '@aigw/service-runtime';
import { hostname } from 'node:os';
import { parseControllerFlags } from './flags.ts';
import { KubeApiError } from './kube/api-error.ts';
import { loadKubeConfig } from './kube/kube-config.ts';
import { createControllerServices } from './server.ts';

/** Below the 30 s that Kubernetes gives a pod. */
const drainTimeoutMs = 20_000;

/**
 * Runs the controller until a signal ends it. `POD_NAMESPACE` and `POD_NAME` say who we are; the API server is that of
 * `KUBECONFIG`, or of the cluster that we run in.
 * @param args Command-line arguments without the program's name.
 * @returns the exit code.
 */
export async function main(args: readonly string[] = process.argv.slice(2)): Promise<number> {
  const parsed = parseControllerFlags(args);
  if (parsed.kind === 'problems') {
    process.stderr.write(`aigw-controller: ${parsed.problems.join('\naigw-controller: ')}\n`);
    return 2;
  }
  const { flags, unknown } = parsed;
  const logger = createLogger({ level: flags.logLevel, format: flags.logFormat });
  if (unknown.length > 0) logger.warn('unknown flags are ignored', { flags: unknown });
  const { POD_NAMESPACE: namespace = 'envoy-ai-gateway-system', POD_NAME: name = hostname() } = process.env;
  const kubeConfig = await loadKubeConfig({}).catch((error: unknown) => {
    if (!KubeApiError.is(error)) throw error;
    logger.error('no API server', { reason: error.message });
  });
  if (kubeConfig === undefined) return 1;
  const services = createControllerServices({
    flags,
    logger,
    kubeConfig,
    metrics: createMetrics({ withProcessMetrics: true }),
    pod: { namespace, name },
  });
  return runServices(services, {
    logger,
    signals: process,
    exit: (code) => process.exit(code),
    drainTimeoutMs,
    onReady: () => logger.info('the controller is ready'),
  });
}

if (import.meta.main) process.exitCode = await main();
