import assert from 'node:assert/strict';
import test from 'node:test';
import {
  findDeadPaths,
  findGeneratedFiles,
  findInstallScripts,
  findLooseVersions,
  findMachineTraces,
  findMissingOptionals,
  findNxVersions,
  findUndeclaredImports,
  findUnexplainedDependencies,
} from './rules.mjs';

test('an install script is reported unless only developers get it', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { hasInstallScript: true },
      'node_modules/b': { hasInstallScript: true, dev: true },
      'node_modules/c': { hasInstallScript: true, optional: true },
    },
  };
  assert.deepEqual(
    findInstallScripts(lock).map((line) => line.split(':')[0]),
    ['node_modules/a', 'node_modules/c'],
  );
});

test('an @nx package at another version is reported', () => {
  const lock = {
    packages: { 'node_modules/nx': { version: '2.0.0' }, 'node_modules/@nx/js': { version: '2.0.1' } },
  };
  assert.equal(findNxVersions(lock).length, 1);
  lock.packages['node_modules/@nx/js'].version = '2.0.0';
  assert.deepEqual(findNxVersions(lock), []);
});

test('a version range is reported, an exact version is not', () => {
  const manifest = {
    dependencies: { a: '^1.0.0', b: '1.0.0' },
    devDependencies: { c: 'latest', d: '1.0.0-rc.1' },
  };
  assert.deepEqual(findLooseVersions('p', manifest), [
    'p: dependencies.a is "^1.0.0", not one exact version',
    'p: devDependencies.c is "latest", not one exact version',
  ]);
});

test('generated files are reported', () => {
  const paths = [
    'packages/a/dist/index.js',
    'packages/a/src/gen/x_pb.ts',
    'a.tsbuildinfo',
    'packages/a/src/generate.ts',
  ];
  assert.deepEqual(
    findGeneratedFiles(paths).map((line) => line.split(':')[0]),
    paths.slice(0, 3),
  );
});

test('machine folders, package indexes and credentials in URLs are reported with their line', () => {
  const planted = [
    'fine',
    `cd ${'/wo' + 'rk/main'}`,
    `https://py${'pi'}.org/simple`,
    `http://me:${'pw'}@example.com/`,
  ];
  assert.deepEqual(
    findMachineTraces('f', planted.join('\n')).map((line) => line.split(': ')[0]),
    ['f:2', 'f:3', 'f:4'],
  );
});

test('ordinary words and paths are not taken for machine folders', () => {
  const text = 'see docs/work/plan.md, the home page http://127.0.0.1:1975/v1 and `${root}/x`';
  assert.deepEqual(findMachineTraces('f', text), []);
});

test('a path that a chart names and nobody has is reported', () => {
  const text = '# See docs/a.md and charts/b; not docs/c.md. https://example.com/docs/d';
  assert.deepEqual(findDeadPaths('f', text, ['docs/a.md', 'charts/b/values.yaml']), [
    'f: names docs/c.md, which does not exist',
  ]);
});

test('imports and declarations must agree', () => {
  const manifest = { name: 'p', dependencies: { yaml: '1.0.0', '@a/b': '1.0.0' } };
  const source =
    "import { parse } from 'yaml';\nimport type {\n  X,\n} from '@c/d/sub';\nimport fs from 'node:fs';\nimport './x.ts';\n";
  assert.deepEqual(findUndeclaredImports(manifest, [['x.ts', source]]), [
    'p: imports @c/d, does not declare it',
    'p: declares @a/b, never imports it',
  ]);
});

test('a dependency without a reason is reported', () => {
  const manifest = { name: 'p', dependencies: { yaml: '1.0.0', zod: '4.0.0', '@aigw/x': '0.1.0' } };
  assert.equal(findUnexplainedDependencies(manifest, 'We use `zod` because …').length, 1);
});

test('an optional package that the lock file does not know is reported', () => {
  const lock = {
    packages: {
      'node_modules/a': { optionalDependencies: { 'a-linux-x64': '1.0.0', 'a-darwin-arm64': '1.0.0' } },
      'node_modules/a-linux-x64': {},
    },
  };
  assert.deepEqual(findMissingOptionals(lock), [
    { name: 'a-darwin-arm64', version: '1.0.0', parent: 'node_modules/a' },
  ]);
});
