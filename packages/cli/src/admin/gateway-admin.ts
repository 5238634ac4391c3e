import {
  type AdminResponse,
  type AdminServer,
  createAdminServer,
  createMetrics,
} from '@aigw/service-runtime';

import type { EnvoyAdmin } from '../envoy/envoy-admin.ts';
import type { SupervisedProcess } from '../supervisor/supervised-process.ts';
import { mergeMetrics } from './merge-metrics.ts';
import { requestUnix } from './unix-http.ts';

const answerTimeoutMs = 5_000;

/** What the admin port tells about. */
export interface GatewayAdminOptions {
  host: string;
  port: number;
  envoy: EnvoyAdmin;
  extprocAdminSocket: string;
  /** The running processes; empty before the start. */
  processes: () => readonly SupervisedProcess[];
  /** Whether requests are wanted: started, and not draining. */
  isServing: () => boolean;
  /** How configuration changes went. */
  reloads: () => { succeeded: number; failed: number };
}

/**
 * The admin port of `aigw run`: `/health` (Envoy and extproc both work), `/ready` (and requests are wanted), `/metrics` (aigw's,
 * extproc's and Envoy's in one).
 */
export function createGatewayAdmin(options: GatewayAdminOptions): AdminServer {
  const isHealthy = (): Promise<boolean> => checkHealth(options);
  return createAdminServer({
    address: { kind: 'tcp', host: options.host, port: options.port },
    isHealthy,
    metrics: async () =>
      mergeMetrics(await describeSelf(options), [
        { name: 'extproc', read: async () => (await askExtproc(options, '/metrics')).body },
        { name: 'envoy', read: options.envoy.metrics },
      ]),
    handlers: { '/ready': async () => answerReady(options.isServing() && (await isHealthy())) },
  });
}

/** Whether extproc says that it can serve. */
export async function isExtprocHealthy(extprocAdminSocket: string): Promise<boolean> {
  return (await askExtproc({ extprocAdminSocket }, '/health')).status === 200;
}

async function checkHealth({ envoy, extprocAdminSocket, isServing }: GatewayAdminOptions): Promise<boolean> {
  const checks = [
    isExtprocHealthy(extprocAdminSocket),
    isServing() ? envoy.isReady() : Promise.resolve(true),
  ];
  const answers = await Promise.all(checks.map((check) => check.catch(() => false)));
  return answers.every(Boolean);
}

function askExtproc({ extprocAdminSocket }: Pick<GatewayAdminOptions, 'extprocAdminSocket'>, path: string) {
  return requestUnix(extprocAdminSocket, path, { timeoutMs: answerTimeoutMs });
}

function answerReady(ready: boolean): AdminResponse {
  const body = ready ? 'ready\n' : 'not ready\n';
  return { status: ready ? 200 : 503, contentType: 'text/plain; charset=utf-8', body };
}

async function describeSelf({ processes, reloads }: GatewayAdminOptions): Promise<string> {
  const metrics = createMetrics();
  const up = metrics.gauge({
    name: 'aigw_up',
    help: 'Whether a process of the gateway runs.',
    labels: ['process'],
  });
  const restarts = metrics.counter({
    name: 'aigw_process_restarts_total',
    help: 'How often a process of the gateway ended by itself and was started again.',
    labels: ['process'],
  });
  const changes = metrics.counter({
    name: 'aigw_file_changes_total',
    help: 'Changes of the configuration files, by what became of them.',
    labels: ['outcome'],
  });
  for (const { name, pid, restarts: count } of processes()) {
    up.with({ process: name }).set(pid === undefined ? 0 : 1);
    restarts.with({ process: name }).add(count);
  }
  changes.with({ outcome: 'applied' }).add(reloads().succeeded);
  changes.with({ outcome: 'refused' }).add(reloads().failed);
  return metrics.text();
}
