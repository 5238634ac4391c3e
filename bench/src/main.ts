/** `npm run bench`: what the gateway costs, as ratios to the same Envoy alone in the same run. See README.md. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, isListening, startChild, stopChildren, waitForChild } from './child-processes.ts';
import { measure } from './measure.ts';
import { readMemory } from './process-cost.ts';
import { countErrors, formatReport, type WorkloadRuns } from './report.ts';
import { readSettings, type Settings } from './settings.ts';
import { startEnvoyAlone, startGateway, type Target } from './targets.ts';
import { findProblem } from './verify.ts';
import type { Workload } from './workloads.ts';

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function startMock(folder: string): Promise<number> {
  const port = await findFreePort();
  const script = fileURLToPath(new URL('./mock/main.ts', import.meta.url));
  await waitForChild(startChild('mock', ['node', script, String(port)], folder), () => isListening(port));
  return port;
}

async function setPause(mockUrl: string, { pauseMs = 0 }: Pick<Workload, 'pauseMs'>): Promise<void> {
  await fetch(`${mockUrl}/__pause?ms=${pauseMs}`);
}

/** A gateway that answers fast and wrong gets no figures. */
async function verifyAll(settings: Settings, gateway: Target, mockUrl: string): Promise<void> {
  await setPause(mockUrl, { pauseMs: 0 });
  for (const workload of settings.workloads) {
    const problem = await findProblem(workload, `http://127.0.0.1:${gateway.port}`, mockUrl);
    if (problem !== undefined) throw new Error(`${workload.id} is answered wrongly: ${problem}`);
  }
  say(`checked: ${settings.workloads.length} workloads are translated, signed and answered rightly`);
}

async function measureWorkload(
  workload: Workload,
  targets: readonly Target[],
  { settings, mockUrl }: { settings: Settings; mockUrl: string },
): Promise<WorkloadRuns> {
  const requests = Math.max(workload.connections, Math.round(workload.requests * settings.scale));
  await setPause(mockUrl, { pauseMs: 0 });
  const warm = { ...workload, connections: Math.min(16, workload.connections) };
  for (const target of targets) await measure(warm, target, Math.ceil(requests / 4));
  await setPause(mockUrl, workload);
  const runs: WorkloadRuns & {
    envoy: WorkloadRuns['envoy'][number][];
    gateway: WorkloadRuns['gateway'][number][];
  } = {
    workload,
    envoy: [],
    gateway: [],
  };
  for (let repetition = 0; repetition < settings.repetitions; repetition += 1) {
    // Each repetition begins with another target, so that what the machine does meanwhile hits both.
    const order = repetition % 2 === 0 ? targets : [...targets].reverse();
    for (const target of order) runs[target.name].push(await measure(workload, target, requests));
  }
  say(`measured ${workload.id}`);
  return runs;
}

async function run(folder: string, settings: Settings): Promise<number> {
  const mockPort = await startMock(folder);
  const mockUrl = `http://127.0.0.1:${mockPort}`;
  const { target: gateway, envoyCommand } = await startGateway(folder, mockPort);
  const targets = [await startEnvoyAlone(folder, mockPort, envoyCommand), gateway];
  const idle = { own: readMemory(gateway.ownPids, 'now'), envoy: readMemory(gateway.envoyPids, 'now') };
  await verifyAll(settings, gateway, mockUrl);
  const deadline = performance.now() + settings.maxSeconds * 1000;
  const results: WorkloadRuns[] = [];
  for (const workload of settings.workloads) {
    if (performance.now() > deadline) {
      say(`left out ${workload.id}: BENCH_MAX_SECONDS=${settings.maxSeconds} are over`);
      continue;
    }
    results.push(await measureWorkload(workload, targets, { settings, mockUrl }));
  }
  const ended = { own: readMemory(gateway.ownPids, 'now'), envoy: readMemory(gateway.envoyPids, 'now') };
  const errors = countErrors(results);
  say(`\n${formatReport(results)}`);
  say(
    `resident MiB idle: own ${idle.own.toFixed(0)}, Envoy ${idle.envoy.toFixed(0)}; at the end: own ${ended.own.toFixed(0)}, Envoy ${ended.envoy.toFixed(0)}`,
  );
  say(`failed requests: ${errors}`);
  const out = fileURLToPath(new URL('../results/', import.meta.url));
  mkdirSync(out, { recursive: true });
  const file = join(out, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(
    file,
    JSON.stringify({ node: process.version, settings, idle, ended, results }, undefined, 1),
  );
  say(`raw figures: ${file}`);
  return errors;
}

const folder = mkdtempSync(join(tmpdir(), 'aigw-bench-'));
const interrupt = (): void => {
  void stopChildren().then(() => process.exit(130));
};
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);
try {
  const errors = await run(folder, readSettings(process.env));
  process.exitCode = errors === 0 ? 0 : 1;
} catch (error) {
  say(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await stopChildren();
  rmSync(folder, { recursive: true, force: true });
}
