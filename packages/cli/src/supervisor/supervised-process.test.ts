import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';

import { pollUntil } from '../standalone/poll-until.ts';
import { startGuardian } from './guardian.ts';
import { startSupervised, type SupervisedProcess } from './supervised-process.ts';

const poll = { timeoutMs: 20_000, intervalMs: 10 };
const until = async (what: string, ask: () => boolean | Promise<boolean>): Promise<void> => {
  if (!(await pollUntil(async () => ask(), poll))) throw new Error(`never: ${what}`);
};
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

let folder: string;
let notes: string[];
let fatal: string[];
let watched: Set<number>;
let running: SupervisedProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-test-'));
  [notes, fatal, watched] = [[], [], new Set()];
});
afterEach(async () => {
  await running?.stop(1_000);
  await rm(folder, { recursive: true, force: true });
});

function start(script: string): SupervisedProcess {
  running = startSupervised(
    {
      name: 'child',
      file: '/bin/sh',
      args: ['-c', script],
      env: { PATH: process.env['PATH'], FOLDER: folder },
    },
    {
      guardian: { watch: (pid) => void watched.add(pid), unwatch: (pid) => void watched.delete(pid) },
      note: (line) => void notes.push(line),
      onFatal: (reason) => void fatal.push(reason),
    },
  );
  return running;
}

test('a process that is killed is started again at once, and reported', async () => {
  const child = start('exec sleep 1000');
  child.markStarted();
  const first = child.pid!;
  expect([...watched]).toEqual([first]);
  process.kill(first, 'SIGKILL');
  await until('another one', () => child.pid !== undefined && child.pid !== first);
  expect(notes).toEqual(['child ended (killed by SIGKILL), starting it again now']);
  expect(child.restarts).toBe(1);
  expect([...watched]).toEqual([child.pid]);
});

test('one that never starts is not started again', async () => {
  const child = start('exit 7');
  await until('fatal', () => fatal.length > 0);
  expect(fatal).toEqual([expect.stringMatching(/^child did not start \(exit status 7\)/)]);
  expect([child.pid, child.restarts]).toEqual([undefined, 0]);
});

test('a program that does not exist is reported, not thrown', async () => {
  running = startSupervised(
    { name: 'none', file: join(folder, 'none'), args: [], env: {} },
    {
      guardian: { watch: () => undefined, unwatch: () => undefined },
      note: () => undefined,
      onFatal: (reason) => void fatal.push(reason),
    },
  );
  await until('fatal', () => fatal.length > 0);
  expect(fatal[0]).toMatch(/ENOENT/);
});

test('stopping is SIGTERM, and no restart', async () => {
  const child = start(
    `trap 'echo bye > "$FOLDER/bye"; exit 0' TERM; echo up > "$FOLDER/up"; while :; do sleep 0.05; done`,
  );
  child.markStarted();
  await until('up', () => existsSync(join(folder, 'up')));
  const { pid } = child;
  await child.stop(10_000);
  expect(await readFile(join(folder, 'bye'), 'utf8')).toBe('bye\n');
  expect([isAlive(pid!), child.pid, notes]).toEqual([false, undefined, []]);
});

test('one that does not heed SIGTERM is killed after its grace', async () => {
  const child = start(`trap '' TERM; echo up > "$FOLDER/up"; while :; do sleep 0.05; done`);
  await until('up', () => existsSync(join(folder, 'up')));
  const { pid } = child;
  await child.stop(50);
  expect(isAlive(pid!)).toBe(false);
});

describe('the guardian', () => {
  test('stops what it watches and removes the folder when its keeper vanishes', async () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore', detached: true });
    const keeper = spawn('/bin/sh', ['-c', 'exec sleep 1000'], { stdio: 'ignore' });
    const guardian = startGuardian(folder);
    guardian.watch(keeper.pid!);
    guardian.watch(child.pid!);
    guardian.unwatch(keeper.pid!);
    const gone = once(child, 'exit');
    guardian.abandon();
    await gone;
    await until('the folder is removed', () => !existsSync(folder));
    expect(isAlive(keeper.pid!)).toBe(true);
    keeper.kill('SIGKILL');
  });

  test('leaves everything alone when it is dismissed', async () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const guardian = startGuardian(folder);
    guardian.watch(child.pid!);
    await guardian.dismiss();
    expect([isAlive(child.pid!), existsSync(folder), isAlive(guardian.pid!)]).toEqual([true, true, false]);
    child.kill('SIGKILL');
  });
});
