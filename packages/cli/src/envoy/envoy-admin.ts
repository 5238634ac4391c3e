import { requestUnix } from '../admin/unix-http.ts';

const answerTimeoutMs = 5_000;

/** Envoy's admin interface on its Unix socket. Every call throws while Envoy is not there. */
export interface EnvoyAdmin {
  /** Whether Envoy has initialised and is not draining. */
  isReady: () => Promise<boolean>;
  /** Everything in Prometheus' text format. */
  metrics: () => Promise<string>;
  /** The sum of all counters and gauges whose name matches, without those of the admin interface itself. */
  sumStats: (pattern: string) => Promise<number>;
  /** Stops keep-alive and fails health checks, but goes on serving. */
  startDraining: () => Promise<void>;
}

/** A client of the Envoy that listens on `socketPath`. */
export function createEnvoyAdmin(socketPath: string): EnvoyAdmin {
  const get = (path: string) => requestUnix(socketPath, path, { timeoutMs: answerTimeoutMs });
  return {
    isReady: async () => (await get('/ready')).status === 200,
    metrics: async () => (await get('/stats/prometheus')).body,
    sumStats: async (pattern) => sumStats((await get(`/stats?filter=${encodeURIComponent(pattern)}`)).body),
    startDraining: async () => {
      await requestUnix(socketPath, '/drain_listeners?graceful', {
        method: 'POST',
        timeoutMs: answerTimeoutMs,
      });
    },
  };
}

/** The sum of the values in Envoy's plain text statistics (`name: 12`), without those about its admin interface. */
export function sumStats(text: string): number {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('http.admin.'))
    .map((line) => /: (\d+)$/.exec(line)?.[1])
    .reduce((sum, value) => sum + Number(value ?? 0), 0);
}
