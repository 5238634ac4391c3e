/**
 * `npm run e2e:cluster`: builds what a cluster needs, once, then runs the tests of this folder in namespaces of their own; or
 * says why it cannot.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findBinary } from './binaries/binaries.ts';
import { runInNamespaces } from './run-in-namespaces.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function runTests(...patterns: string[]): number {
  const jest = join(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
  const node = ['--experimental-vm-modules', '--no-warnings', jest];
  const config = ['-c', join(import.meta.dirname, 'jest.config.mjs'), '--runInBand'];
  const args = [...node, ...config, ...process.argv.slice(2), ...patterns];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

/** Somebody else's cluster: its processes are not ours to end. */
async function runAgainstExisting(): Promise<number> {
  await findBinary('kubectl', say);
  say('left out: every test but the guides, because they need processes of a cluster of our own');
  return runTests('guides');
}

process.exitCode =
  process.env['E2E_KUBECONFIG'] === undefined
    ? await runInNamespaces(import.meta.filename, runTests, say)
    : await runAgainstExisting();
