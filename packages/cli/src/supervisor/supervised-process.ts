import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { createBackoff } from './backoff.ts';
import type { Guardian } from './guardian.ts';

/** What is run. Secrets belong into files or `env`, never into `args`. */
export interface ProcessSpec {
  /** The name in messages: `envoy`, `extproc`. */
  name: string;
  file: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/** What a supervisor reports, and who cleans up after a supervisor that is killed. */
export interface SupervisorHooks {
  guardian: Pick<Guardian, 'watch' | 'unwatch'>;
  /** One sentence about a process that ended and what happens next. */
  note: (line: string) => void;
  /** The process does not stay up; it is not started again. */
  onFatal: (reason: string) => void;
}

/** A child process that is started again when it ends by itself. */
export interface SupervisedProcess {
  name: string;
  readonly pid: number | undefined;
  readonly restarts: number;
  /** From now on an early end is an accident to recover from, no longer a failed start. */
  markStarted: () => void;
  /** SIGTERM, and SIGKILL when it is still there after `graceMs`. Resolves when it is gone. */
  stop: (graceMs: number) => Promise<void>;
}

/** Starts a process and keeps it running. It has its own process group, so that Ctrl-C reaches us alone and we drain first. */
export function startSupervised(spec: ProcessSpec, hooks: SupervisorHooks): SupervisedProcess {
  const backoff = createBackoff();
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let restarts = 0;
  let isStarted = false;
  let isStopping = false;

  const start = (): void => {
    const startedAt = performance.now();
    const own = spawn(spec.file, spec.args, {
      env: spec.env,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    child = own;
    if (own.pid !== undefined) hooks.guardian.watch(own.pid);
    let isOver = false;
    const end = (how: string): void => {
      if (isOver) return;
      isOver = true;
      if (own.pid !== undefined) hooks.guardian.unwatch(own.pid);
      child = undefined;
      if (!isStopping) recover(how, performance.now() - startedAt);
    };
    own.once('error', (error) => end(error.message));
    own.once('exit', (code, signal) => end(signal === null ? `exit status ${code}` : `killed by ${signal}`));
  };

  const recover = (how: string, livedMs: number): void => {
    if (!isStarted) {
      hooks.onFatal(`${spec.name} did not start (${how}); its own messages are above`);
      return;
    }
    const delayMs = backoff.next(livedMs);
    if (delayMs === undefined) {
      hooks.onFatal(`${spec.name} keeps ending (${how}) and is not started again`);
      return;
    }
    restarts += 1;
    hooks.note(
      `${spec.name} ended (${how}), starting it again ${delayMs === 0 ? 'now' : `in ${delayMs} ms`}`,
    );
    timer = setTimeout(start, delayMs);
  };

  start();
  return {
    name: spec.name,
    get pid() {
      return child?.pid;
    },
    get restarts() {
      return restarts;
    },
    markStarted: () => void (isStarted = true),
    stop(graceMs) {
      isStopping = true;
      clearTimeout(timer);
      return child === undefined ? Promise.resolve() : stopChild(child, graceMs);
    },
  };
}

async function stopChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(timer);
}
