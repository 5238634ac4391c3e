import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

const script = join(import.meta.dirname, 'collect.mjs');

test('a package is collected with all that it needs, and without sources, tests and tools', () => {
  const out = mkdtempSync(join(tmpdir(), 'aigw-image-'));
  try {
    execFileSync(process.execPath, [script, '@aigw/controller', out]);
    const names = readdirSync(join(out, 'packages')).sort();
    assert.ok(names.includes('planner') && names.includes('api-types'), names.join());
    assert.ok(!names.includes('translator'), 'the data plane does not belong there');
    assert.ok(existsSync(join(out, 'node_modules/@kubernetes/client-node/package.json')));
    assert.ok(existsSync(join(out, 'node_modules/@aigw/planner/package.json')));
    assert.ok(!existsSync(join(out, 'node_modules/typescript')));
    assert.ok(!existsSync(join(out, 'node_modules/@types')));
    const files = readdirSync(out, { recursive: true });
    const ours = files
      .filter((path) => /^packages\/[^/]+\/[^/]+$/.test(path))
      .map((path) => path.split('/')[2]);
    // A checkout that has not been built yet has no dist.
    const built = existsSync(join(import.meta.dirname, '../packages/controller/dist')) ? ['dist'] : [];
    assert.deepEqual([...new Set(ours)].sort(), ['bin', ...built, 'package.json']);
    const idle = files.filter((path) => /\.([cm]?ts|map|tsbuildinfo|node|bare)$/.test(path));
    assert.deepEqual(idle, [], 'types, maps and machine code');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

test('an unknown package is an error', () => {
  assert.throws(() => execFileSync(process.execPath, [script, '@aigw/none', tmpdir()], { stdio: 'pipe' }));
});
