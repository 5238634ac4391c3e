import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { envoyCacheFolder } from '../envoy/cached-envoy.ts';
import { checkEnvoy } from './check-envoy.ts';
import { checkNode } from './check-node.ts';
import { checkPort, isAigwRunning } from './check-ports.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

test.each([
  ['22.22.0', 'ok'],
  ['24.21.0', 'ok'],
  ['22.21.9', 'fail'],
  ['20.20.2', 'fail'],
])('Node %s: %s', (version, status) => {
  const finding = checkNode(version);
  expect(finding.status).toBe(status);
  expect(finding.message).toContain(version);
  if (status === 'fail') expect(finding).toMatchObject({ fix: expect.stringContaining('newer Node') });
});

describe('Envoy', () => {
  const search = () => ({
    env: { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache') },
    homeFolder: folder,
    note: () => undefined,
  });
  const program = async (path: string, body: string): Promise<string> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const envoy = (version: string) => `echo "envoy  version: abc123/${version}/Clean/RELEASE/BoringSSL"`;

  test('the one that a run would take, and which way it was found', async () => {
    const cached = await program(join(envoyCacheFolder(search()), 'envoy'), envoy('1.40.0'));
    expect(await checkEnvoy(search())).toEqual({
      check: 'envoy',
      status: 'ok',
      message: `1.40.0, by cache: ${cached}`,
    });
    const onPath = await program(join(folder, 'bin', 'envoy'), envoy('1.38.3'));
    expect(onPath).toContain('bin');
    expect(await checkEnvoy(search())).toMatchObject({ message: '1.38.3, by envoy on PATH: envoy' });
  });

  test('a named one that is too old fails, whatever else there is', async () => {
    await program(join(folder, 'bin', 'envoy'), envoy('1.40.0'));
    const path = await program(join(folder, 'old'), envoy('1.36.4'));
    expect(await checkEnvoy({ ...search(), path })).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('is 1.36.4, at least 1.37.1 is needed'),
      fix: expect.stringContaining('--envoy'),
    });
  });

  test('none yet, but pip: a run would fetch it, and the check does not', async () => {
    const called = join(folder, 'called');
    await program(join(folder, 'bin', 'python3'), `echo "$@" >> ${called}`);
    const finding = await checkEnvoy({ ...search(), env: { ...search().env, PATH: `${folder}/bin:/bin` } });
    expect(finding).toMatchObject({ status: 'warn', message: expect.stringContaining('by pip') });
  });

  test('none, and no way to get one', async () => {
    expect(await checkEnvoy(search())).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('no python3 with pip; no Docker'),
      fix: expect.stringContaining('python3-pip'),
    });
  });
});

describe('ports', () => {
  const wanted = {
    host: '127.0.0.1',
    purpose: 'listener http of Gateway default/g',
    flag: '--port',
  } as const;
  const check = (port: number, isOurs: boolean, host: string = wanted.host) =>
    checkPort({ ...wanted, host, port }, () => Promise.resolve(isOurs));

  test('free, in use, and in use by a gateway of ours', async () => {
    const server = createServer((_request, response) => response.end('aigw_up{process="envoy"} 1\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await check(port, false)).toMatchObject({
        status: 'fail',
        subject: `127.0.0.1:${port}`,
        message: 'in use, for the listener http of Gateway default/g',
        fix: expect.stringMatching(/stop what listens there .*--port/),
      });
      expect(await check(port, true)).toMatchObject({
        status: 'warn',
        message: expect.stringContaining('an aigw runs here'),
      });
      expect(await isAigwRunning('127.0.0.1', port, AbortSignal.timeout(10_000))).toBe(true);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(await isAigwRunning('127.0.0.1', port, AbortSignal.timeout(10_000))).toBe(false);
    expect(await check(port, false)).toMatchObject({ status: 'ok' });
    expect(await check(0, false)).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('any free port'),
    });
  });

  test('an address of another machine', async () => {
    expect(await check(8080, false, '192.0.2.1')).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('another --host'),
    });
  });
});
