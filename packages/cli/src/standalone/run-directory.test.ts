import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chooseBase, createRunDirectory } from './run-directory.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('nobody else can read it, nothing is left of it', async () => {
  const directory = await createRunDirectory({ XDG_RUNTIME_DIR: folder }, '/nowhere');
  await directory.write('a.json', 'secret');
  await directory.write('a.json', 'another secret');
  expect((await stat(directory.path)).mode & 0o777).toBe(0o700);
  expect((await stat(directory.file('a.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(directory.path)).toEqual(['a.json']);
  await directory.remove();
  expect(await readdir(folder)).toEqual([]);
});

test('goes below the first base that exists and leaves room for a socket path', () => {
  expect(chooseBase(folder, '/tmp')).toBe(folder);
  expect(chooseBase(undefined, folder)).toBe(folder);
  expect(chooseBase('', folder)).toBe(folder);
  expect(chooseBase('/no/such/folder', folder)).toBe(folder);
  expect(chooseBase(join(folder, 'x'.repeat(90)), folder)).toBe(folder);
  expect(chooseBase('/no/such', '/nor/this')).toBe('/tmp');
});
