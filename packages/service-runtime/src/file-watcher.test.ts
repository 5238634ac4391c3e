import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from './atomic-file.ts';
import { createFileWatcher, type FileWatcher } from './file-watcher.ts';

let folder = '';
let watcher: FileWatcher | undefined;
let changes = 0;
let waiting: (() => void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-watch-'));
  changes = 0;
  waiting = [];
});
afterEach(async () => {
  watcher?.close();
  await rm(folder, { recursive: true });
});

async function watchFile(path: string): Promise<void> {
  watcher = createFileWatcher({
    path,
    debounceMs: 5,
    onError: (error) => {
      throw error;
    },
    onChange: () => {
      changes += 1;
      for (const resolve of waiting.splice(0)) resolve();
    },
  });
  await watcher.ready;
}

/** Resolves at the next change; jest's own timeout is the deadline. */
function nextChange(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}

async function expectChangeAfter(action: () => Promise<unknown>): Promise<void> {
  const change = nextChange();
  await action();
  await change;
}

test('a write in place, a replacement by rename, a removal and a new file are each seen', async () => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, 'a');
  await watchFile(path);
  await expectChangeAfter(() => writeFile(path, 'bb'));
  await expectChangeAfter(() => writeFileAtomic(path, 'ccc'));
  await expectChangeAfter(() => writeFileAtomic(path, 'ddd'));
  await expectChangeAfter(() => rm(path));
  await expectChangeAfter(() => writeFile(path, 'e'));
});

test('other files in the folder do not count', async () => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, 'a');
  await watchFile(path);
  await writeFile(join(folder, 'other'), 'x');
  await expectChangeAfter(() => writeFile(path, 'bb'));
  expect(changes).toBe(1);
});

test("Kubernetes' swap of the data link is seen, again and again", async () => {
  const path = join(folder, 'config.yaml');
  await mkdir(join(folder, '..v0'));
  await writeFile(join(folder, '..v0', 'config.yaml'), 'v0');
  await symlink('..v0', join(folder, '..data'));
  await symlink(join('..data', 'config.yaml'), path);
  await watchFile(path);
  for (const version of ['..v1', '..v2', '..v3']) {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, 'config.yaml'), version);
    await symlink(version, join(folder, '..data_tmp'));
    await expectChangeAfter(() => rename(join(folder, '..data_tmp'), join(folder, '..data')));
  }
});

test('the content behind a link to another folder is watched', async () => {
  await mkdir(join(folder, 'real'));
  await mkdir(join(folder, 'link'));
  await writeFile(join(folder, 'real', 'c'), 'a');
  await symlink(join('..', 'real', 'c'), join(folder, 'link', 'c'));
  await watchFile(join(folder, 'link', 'c'));
  await expectChangeAfter(() => writeFile(join(folder, 'real', 'c'), 'bb'));
});

test('a folder that comes late, goes and comes again is followed', async () => {
  const path = join(folder, 'a', 'b', 'c.yaml');
  await watchFile(path);
  const create = async () => {
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    await writeFile(path, 'x');
  };
  await expectChangeAfter(create);
  await expectChangeAfter(() => rm(join(folder, 'a'), { recursive: true }));
  await expectChangeAfter(create);
});

test('nothing is reported after close', async () => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, 'a');
  await watchFile(path);
  watcher?.close();
  const open = createFileWatcher({
    path,
    debounceMs: 5,
    onChange: () => waiting[0]?.(),
    onError: () => undefined,
  });
  await open.ready;
  const change = nextChange();
  await writeFile(path, 'bb');
  await change;
  open.close();
  expect(changes).toBe(0);
});
