import type { EnvoyAdmin } from '../envoy/envoy-admin.ts';
import { type Guardian, startGuardian } from '../supervisor/guardian.ts';
import {
  type ProcessSpec,
  startSupervised,
  type SupervisedProcess,
} from '../supervisor/supervised-process.ts';
import { pollUntil } from './poll-until.ts';

const drainTimeoutMs = 30_000;
const graceMs = 5_000;

/** extproc and Envoy, and the guardian that outlives us. */
export interface GatewayProcesses {
  all: () => readonly SupervisedProcess[];
  start: (spec: ProcessSpec) => void;
  markStarted: () => void;
  /** Aborted, with a sentence as its reason, when a process does not stay up. */
  fatal: AbortSignal;
  /** Lets running requests finish, unless `kill` is aborted. */
  drain: (envoy: EnvoyAdmin, kill: AbortSignal) => Promise<void>;
  /** Stops Envoy first, then extproc, then the guardian. */
  stop: () => Promise<void>;
}

/** Creates the empty set of processes of one run directory. */
export function createGatewayProcesses(directory: string, note: (line: string) => void): GatewayProcesses {
  const guardian: Guardian = startGuardian(directory);
  const fatal = new AbortController();
  const processes: SupervisedProcess[] = [];
  return {
    all: () => processes,
    start(spec) {
      const onFatal = (reason: string): void => fatal.abort(reason);
      processes.push(startSupervised(spec, { guardian, note, onFatal }));
    },
    markStarted: () => {
      for (const one of processes) one.markStarted();
    },
    fatal: fatal.signal,
    drain: (envoy, kill) => drain(envoy, kill, note),
    async stop() {
      for (const one of processes.toReversed()) await one.stop(graceMs);
      await guardian.dismiss();
    },
  };
}

async function drain(envoy: EnvoyAdmin, kill: AbortSignal, note: (line: string) => void): Promise<void> {
  await envoy.startDraining().catch(() => undefined);
  const isIdle = async (): Promise<boolean> => (await countActive(envoy)) === 0;
  if (await isIdle().catch(() => true)) return;
  note('draining: waiting for running requests (a second signal stops now)');
  const done = await pollUntil(isIdle, { timeoutMs: drainTimeoutMs, intervalMs: 50, signal: kill });
  if (!done) note('stopping with requests still running');
}

function countActive(envoy: EnvoyAdmin): Promise<number> {
  return envoy.sumStats('^http\\..*\\.downstream_rq_active$');
}
