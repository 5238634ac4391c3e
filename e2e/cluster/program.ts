import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** A program of the cluster. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** Whether it has ended, whoever ended it. */
  hasEnded(): boolean;
  /** How it ended: 128 and the number of the signal for one that was killed. */
  exitCode(): number | undefined;
  /** Everything that it has written. */
  log(): string;
  /** Ends it and waits for that; kills it when it takes longer than the deadline. Safe to call twice. */
  stop(signal?: NodeJS.Signals, withinMs?: number): Promise<void>;
}

/** How a program is started. */
export interface ProgramOptions {
  readonly args: readonly string[];
  /** Replaces ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of its log, `NAME.log`. */
  readonly logFolder: string;
  readonly cwd?: string;
}

/** The few variables that a program needs of its surroundings. */
export function plainEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' };
}

async function end(
  child: ChildProcess,
  exited: Promise<void>,
  signal: NodeJS.Signals,
  withinMs: number,
): Promise<void> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  await exited;
  clearTimeout(timer);
}

/** Starts a program; its output goes to a file that outlives it. */
export function startProgram(name: string, command: string, options: ProgramOptions): Program {
  const logPath = join(options.logFolder, `${name}.log`);
  // A file and no pipe: Node's pipes are sockets, and Envoy opens /dev/stdout by its name.
  const log = openSync(logPath, 'a');
  const child = spawn(command, options.args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? plainEnvironment(),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let exitCode: number | undefined;
  const exited = new Promise<void>((resolve) => {
    const finish = (code: number | null, signal?: NodeJS.Signals | null): void => {
      exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
      resolve();
    };
    child.once('exit', finish);
    child.once('error', (error) => {
      appendFileSync(logPath, `${error.message}\n`);
      finish(127);
    });
  });
  return {
    name,
    pid: child.pid ?? 0,
    hasEnded: () => exitCode !== undefined,
    exitCode: () => exitCode,
    log: () => readFileSync(logPath, 'utf8'),
    stop: async (signal = 'SIGTERM', withinMs = 10_000) => {
      if (exitCode === undefined) await end(child, exited, signal, withinMs);
    },
  };
}
