import { describeEnvoy, describeExtproc } from './processes.ts';
import type { RunDirectory } from './run-directory.ts';

const envoy = {
  path: '/envoy',
  command: (args: readonly string[]) => ({ file: '/envoy', args: [...args] }),
} as unknown as Parameters<typeof describeEnvoy>[0];
const directory = { file: (name: string) => `/run/${name}` } as unknown as RunDirectory;

test.each([
  ['debug', 'info'],
  ['info', 'info'],
  ['warn', 'warning'],
  ['error', 'error'],
] as const)('at %s Envoy logs at %s: at debug it would print credentials', (ours, envoys) => {
  const { args } = describeEnvoy(envoy, directory, ours, {});
  expect(args[args.indexOf('--log-level') + 1]).toBe(envoys);
});

test('extproc gets the flags that are meant for it', () => {
  const extprocFlags = ['-firstEventTimeout', '20s'];
  const { args } = describeExtproc(directory, { logLevel: 'info', extprocFlags }, {});
  expect(args.slice(-4)).toEqual(['-logLevel', 'info', ...extprocFlags]);
});
