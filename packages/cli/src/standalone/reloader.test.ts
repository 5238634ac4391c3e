import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pollUntil } from './poll-until.ts';
import { createReloader } from './reloader.ts';

const poll = { timeoutMs: 20_000, intervalMs: 10 };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a rename over a watched file causes one reload, one of another file none', async () => {
  const file = join(folder, 'a.yaml');
  await writeFile(file, 'a');
  let reloads = 0;
  const reloader = createReloader(
    () => {
      reloads += 1;
      return Promise.resolve();
    },
    () => undefined,
  );
  await reloader.watch([file]);
  await writeFile(join(folder, 'b.yaml'), 'other');
  await writeFile(`${file}.new`, 'b');
  await rename(`${file}.new`, file);
  expect(await pollUntil(() => Promise.resolve(reloads > 0), poll)).toBe(true);
  expect(reloads).toBe(1);
  await reloader.close();
});

test('changes during a reload cause exactly one more, never two at a time', async () => {
  const file = join(folder, 'a.yaml');
  await writeFile(file, '0');
  let [running, most, count] = [0, 0, 0];
  let release: () => void = () => undefined;
  const reloader = createReloader(
    async () => {
      running += 1;
      count += 1;
      most = Math.max(most, running);
      if (count === 1) await new Promise<void>((resolve) => (release = resolve));
      running -= 1;
    },
    () => undefined,
  );
  await reloader.watch([file]);
  await writeFile(file, '1');
  expect(await pollUntil(() => Promise.resolve(count === 1), poll)).toBe(true);
  await writeFile(file, '22');
  await writeFile(join(folder, 'marker'), '');
  // The second change has been seen once the watcher of a second file, changed after it, has fired.
  const seen: number[] = [];
  const other = createReloader(
    () => Promise.resolve(void seen.push(1)),
    () => undefined,
  );
  await other.watch([join(folder, 'marker')]);
  await writeFile(join(folder, 'marker'), 'x');
  expect(await pollUntil(() => Promise.resolve(seen.length > 0), poll)).toBe(true);
  release();
  expect(await pollUntil(() => Promise.resolve(count === 2 && running === 0), poll)).toBe(true);
  expect(most).toBe(1);
  await Promise.all([reloader.close(), other.close()]);
});
