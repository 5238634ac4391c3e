import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findHelm } from './helm.ts';

const folder = mkdtempSync(join(tmpdir(), 'aigw-helm-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program on PATH that behaves as written. */
function onPath(name: string, script: string): Record<string, string> {
  const bin = mkdtempSync(join(folder, name));
  writeFileSync(join(bin, 'helm'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'helm'), 0o755);
  return { PATH: `${bin}:/usr/bin:/bin` };
}

const { signal: stop } = new AbortController();

test('its version, its output and its standard input', async () => {
  const env = onPath('good', 'if [ "$1" = version ]; then echo v3.8.0; else echo "$@"; cat; fi');
  const helm = await findHelm({ env, stop });
  expect(helm.version).toBe('3.8.0');
  expect(await helm.run(['a b', 'c'], 'typed')).toEqual({ ok: true, output: 'a b c\ntyped' });
});

test('a failure is what helm says of it, without its warnings', async () => {
  const env = onPath(
    'bad',
    '[ "$1" = version ] && echo v4.0.1 || { echo "WARNING: x\nError: no\nway" >&2; exit 1; }',
  );
  const helm = await findHelm({ env, stop });
  expect(await helm.run(['install'])).toEqual({ ok: false, reason: 'no\nway' });
});

test.each([
  { name: 'none', env: { PATH: folder }, message: /^helm cannot be run: it is not on PATH; .*helm\.sh/ },
  {
    name: 'an old one',
    env: onPath('old', 'echo v3.7.2'),
    message: /^helm 3\.7\.2 is too old; .*3\.8 or newer/,
  },
])('$name is a setup error that says where to get one', async ({ env, message }) => {
  await expect(findHelm({ env, stop })).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringMatching(message) as string,
  });
});

test('a signal ends it', async () => {
  const controller = new AbortController();
  const env = onPath('slow', '[ "$1" = version ] && echo v3.22.0 || exec sleep 60');
  const helm = await findHelm({ env, stop: controller.signal });
  const running = helm.run(['upgrade']);
  controller.abort();
  expect(await running).toEqual({ ok: false, reason: 'stopped' });
});
