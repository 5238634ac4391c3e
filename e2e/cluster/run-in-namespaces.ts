import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEnvoyBinary } from '../src/launchers/container-image.ts';
import { findBinary, findEnvoyGatewayChart, findMissingTools } from './binaries/binaries.ts';
import { type BinaryName, recipes } from './binaries/recipes.ts';
import { enterNamespaces, isInside } from './network/namespaces.ts';
import { createNodeNetwork } from './network/node-network.ts';

/** What a script is given. */
export interface Surroundings {
  readonly say: (line: string) => void;
  /** What it runs of the programs that are built here; all of them when absent. */
  readonly programs?: readonly BinaryName[];
}

const everyProgram = Object.keys(recipes) as BinaryName[];

/** Everything for which the world is needed; inside there is none. */
async function gather({ say, programs = everyProgram }: Surroundings): Promise<Record<string, string>> {
  for (const name of programs) await findBinary(name, say);
  await findEnvoyGatewayChart();
  return { E2E_CLUSTER_ENVOY: await findEnvoyBinary() };
}

async function runOutside(script: string, surroundings: Surroundings): Promise<number> {
  const env = await gather(surroundings);
  const folder = mkdtempSync(join(tmpdir(), 'aigw-e2e-'));
  try {
    const again = [...process.execArgv, script, ...process.argv.slice(2)];
    return enterNamespaces(process.execPath, again, { ...env, TMPDIR: folder });
  } finally {
    // Whatever a run that was killed has left.
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a script's work where clusters can be started: in namespaces of its own, in which the script is started again. What
 * a cluster needs is built before, once; on a machine that cannot have one it says why.
 * @param script - the path of the file that calls this
 * @returns the exit code
 */
export async function runInNamespaces(
  script: string,
  work: () => number | Promise<number>,
  surroundings: Surroundings,
): Promise<number> {
  if (isInside()) {
    createNodeNetwork();
    return work();
  }
  const missing = findMissingTools();
  if (missing === undefined) return runOutside(script, surroundings);
  surroundings.say(`left out: the Kubernetes cluster, because ${missing}`);
  return 0;
}
