/** `npm run e2e:cluster`: builds what a cluster needs, once, then runs the tests of this folder; or says why it cannot. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findBinary, findMissingTools } from './binaries/binaries.ts';
import { recipes } from './binaries/recipes.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function runTests(): Promise<number> {
  for (const { name } of Object.values(recipes)) await findBinary(name, say);
  const jest = join(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
  const node = ['--experimental-vm-modules', '--no-warnings', jest];
  const config = ['-c', join(import.meta.dirname, 'jest.config.mjs'), '--runInBand'];
  return (
    spawnSync(process.execPath, [...node, ...config, ...process.argv.slice(2)], { stdio: 'inherit' })
      .status ?? 1
  );
}

const missing = findMissingTools();
if (missing === undefined) process.exitCode = await runTests();
else say(`left out: the Kubernetes cluster, because ${missing}`);
