/**
 * `npm run e2e:cluster`: builds what a cluster needs, once, then runs the tests of this folder in namespaces of their own; or
 * says why it cannot. With `--api-server` first, those alone that need no more than an API server, and so fewer programs.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findBinary } from './binaries/binaries.ts';
import { runInNamespaces } from './run-in-namespaces.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** They run neither Envoy Gateway nor pods. */
const apiServerTests = [
  ...['api-server', 'cert-manager', 'chart', 'config-server', 'controller', 'credential-rotation'],
  ...['definitions', 'translation-records'],
];

const [first, ...rest] = process.argv.slice(2);
const isApiServerAlone = first === '--api-server';

function runTests(...patterns: string[]): number {
  const jest = join(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
  const node = ['--experimental-vm-modules', '--no-warnings', jest];
  const config = ['-c', join(import.meta.dirname, 'jest.config.mjs'), '--runInBand'];
  const given = isApiServerAlone ? rest : process.argv.slice(2);
  const args = [...node, ...config, ...given, ...patterns];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

/** Somebody else's cluster: its processes are not ours to end. */
async function runAgainstExisting(): Promise<number> {
  await findBinary('kubectl', say);
  say('left out: every test but the guides, because they need processes of a cluster of our own');
  return runTests('guides');
}

function runAgainstOwn(): Promise<number> {
  if (!isApiServerAlone) return runInNamespaces(import.meta.filename, () => runTests(), { say });
  const pattern = `cluster/(${apiServerTests.join('|')})\\.test`;
  return runInNamespaces(import.meta.filename, () => runTests(pattern), {
    say,
    programs: ['helm', 'kube-apiserver', 'kubectl'],
  });
}

process.exitCode =
  process.env['E2E_KUBECONFIG'] === undefined ? await runAgainstOwn() : await runAgainstExisting();
