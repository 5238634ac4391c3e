import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEnvoyBinary } from '../src/launchers/container-image.ts';
import { findBinary, findEnvoyGatewayChart, findMissingTools } from './binaries/binaries.ts';
import { recipes } from './binaries/recipes.ts';
import { enterNamespaces, isInside } from './network/namespaces.ts';
import { createNodeNetwork } from './network/node-network.ts';

/** Everything for which the world is needed; inside there is none. */
async function gather(say: (line: string) => void): Promise<Record<string, string>> {
  for (const { name } of Object.values(recipes)) await findBinary(name, say);
  await findEnvoyGatewayChart();
  return { E2E_CLUSTER_ENVOY: await findEnvoyBinary() };
}

async function runOutside(script: string, say: (line: string) => void): Promise<number> {
  const env = await gather(say);
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
  say: (line: string) => void,
): Promise<number> {
  if (isInside()) {
    createNodeNetwork();
    return work();
  }
  const missing = findMissingTools();
  if (missing === undefined) return runOutside(script, say);
  say(`left out: the Kubernetes cluster, because ${missing}`);
  return 0;
}
