import { type LoadResult, runLoad } from './load/run-load.ts';
import { readCpuTime, readMemory, resetPeaks } from './process-cost.ts';
import type { Target } from './targets.ts';
import { buildBody, directPath, gatewayPath, isStream, type Workload } from './workloads.ts';

/** One run of one workload against one target. CPU in microseconds, latencies in milliseconds, memory in MiB. */
export interface Run {
  readonly load: LoadResult;
  readonly perSecond: number;
  readonly envoyCpuPerRequest: number;
  readonly ownCpuPerRequest: number;
  readonly envoyCpuPerEvent: number;
  readonly ownCpuPerEvent: number;
  readonly envoyPeak: number;
  readonly ownPeak: number;
}

const boundMs = 20_000;

/** Sends the load and reads what the target's processes spent on it. */
export async function measure(workload: Workload, target: Target, requests: number): Promise<Run> {
  const before = { envoy: readCpuTime(target.envoyPids), own: readCpuTime(target.ownPids) };
  resetPeaks([...target.envoyPids, ...target.ownPids]);
  const load = await runLoad({
    port: target.port,
    path: target.name === 'envoy' ? directPath(workload) : gatewayPath(workload),
    body: buildBody(workload),
    stream: isStream(workload),
    connections: workload.connections,
    requests,
    boundMs,
  });
  const envoy = (readCpuTime(target.envoyPids) - before.envoy) / 1000;
  const own = (readCpuTime(target.ownPids) - before.own) / 1000;
  const answered = Math.max(1, load.answered);
  const events = Math.max(1, load.eventCount);
  return {
    load,
    perSecond: load.answered / load.seconds,
    envoyCpuPerRequest: envoy / answered,
    ownCpuPerRequest: own / answered,
    envoyCpuPerEvent: isStream(workload) ? envoy / events : 0,
    ownCpuPerEvent: isStream(workload) ? own / events : 0,
    envoyPeak: readMemory(target.envoyPids, 'peak'),
    ownPeak: target.ownPids.length === 0 ? 0 : readMemory(target.ownPids, 'peak'),
  };
}
