import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from './atomic-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-atomic-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the file has the content and only its owner reads it', async () => {
  const path = join(folder, 'a.yaml');
  await writeFileAtomic(path, 'one');
  await writeFileAtomic(path, Buffer.from('two'));
  expect(await readFile(path, 'utf8')).toBe('two');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['a.yaml']);
});

test('the mode is the one asked for, whatever the umask is', async () => {
  const before = process.umask(0o077);
  await writeFileAtomic(join(folder, 'b'), 'x', 0o644).finally(() => process.umask(before));
  expect((await stat(join(folder, 'b'))).mode & 0o777).toBe(0o644);
});

test('a failure leaves the old state and no temporary file', async () => {
  const blocked = join(folder, 'blocked');
  await writeFile(join(folder, 'keep'), 'x');
  await import('node:fs/promises').then((fs) => fs.mkdir(join(blocked, 'child'), { recursive: true }));
  await expect(writeFileAtomic(blocked, 'x')).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
  expect((await readdir(folder)).sort()).toEqual(['blocked', 'keep']);
});

test('readers never see a part', async () => {
  const path = join(folder, 'c');
  const versions = ['a', 'b'].map((letter) => letter.repeat(300_000));
  await writeFileAtomic(path, versions[0] ?? '');
  const writing = (async () => {
    for (let round = 0; round < 20; round += 1) await writeFileAtomic(path, versions[round % 2] ?? '');
  })();
  const seen = new Set<string>();
  for (let round = 0; round < 40; round += 1) seen.add(await readFile(path, 'utf8'));
  await writing;
  expect([...seen].every((text) => versions.includes(text))).toBe(true);
});
