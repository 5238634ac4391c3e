import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A program that the benchmark started; its output goes to a file. */
export interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  readonly log: string;
}

const children: Child[] = [];

/** Starts a program. {@link stopChildren} ends it. */
export function startChild(name: string, command: readonly string[], folder: string): Child {
  const log = join(folder, `${name}.log`);
  const file = openSync(log, 'a');
  const [program = '', ...args] = command;
  const child = { name, process: spawn(program, args, { stdio: ['ignore', file, file], cwd: folder }), log };
  closeSync(file);
  child.process.on('error', () => undefined);
  children.push(child);
  return child;
}

/** Waits until `ready` says so; fails with the child's output when it ends before, or takes longer than a minute. */
export async function waitForChild(child: Child, ready: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 240_000;
  while (performance.now() < deadline && child.process.exitCode === null) {
    if (await ready()) return;
    await delay(50);
  }
  throw new Error(`${child.name} did not come up:\n${readFileSync(child.log, 'utf8').slice(-4000)}`);
}

/** Whether somebody accepts connections there. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** Ends everything that was started, and only that. */
export async function stopChildren(): Promise<void> {
  const running = children.filter(
    ({ process: { exitCode, signalCode } }) => exitCode === null && signalCode === null,
  );
  await Promise.all(
    running.map(async ({ process: child }) => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(timer);
    }),
  );
  children.length = 0;
}

let next = 21_000 + (process.pid % 5000);

/** A free port below the ephemeral range, which the load itself uses up. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    next = next < 31_000 ? next + 1 : 21_000;
    const port = next;
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => {
        resolve(false);
      });
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
