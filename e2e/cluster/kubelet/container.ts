import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type Program, startProgram } from '../program.ts';
import { type Sandbox, sandboxArguments } from '../sandbox.ts';
import { perform } from './actions.ts';
import type { ContainerSpec } from './pod-spec.ts';

/** What stands for an image: a program, and what it needs of this machine. */
export interface Image {
  /** The program when the container names no command. */
  readonly entrypoint: readonly string[];
  readonly binds: Sandbox['binds'];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where programs of images are found by their names. */
export const imagePrograms = '/image/bin';

/** What a container gets from its pod. */
export interface ContainerSetting {
  readonly image: Image;
  /** The pod's volumes and files. */
  readonly binds: Sandbox['binds'];
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly address: string;
  readonly userId?: number;
  /** In front of a command: runs it in the pod's network. */
  readonly enter: readonly string[];
  readonly logFolder: string;
}

/** A container that runs as a process. */
export interface Container {
  readonly spec: ContainerSpec;
  /** The latest start of it. */
  readonly program: Program;
  readonly startedAt: Date;
  readonly restarts: number;
  /** Starts it again when it has ended and its time has come. */
  readonly restartIfDue: () => void;
  readonly probe: (kind: 'startupProbe' | 'readinessProbe' | 'livenessProbe') => Promise<boolean>;
  /** A command beside the container's own, with its environment and files. */
  exec(command: readonly string[], stdio: StdioOptions): ChildProcess;
  /** Ends the process itself with a signal, as somebody on the node could. */
  kill(signal: NodeJS.Signals): void;
  /** Calls the hook, asks the process to end, and ends it at the deadline. */
  stop(withinMs: number): Promise<void>;
}

/** Of a probe that says nothing else. */
const probeTimeoutSeconds = 1;
const handlerWithinMs = 5_000;
/** How soon one that ends again and again is started: doubled each time. */
const backoff = { firstMs: 100, longestMs: 5_000, forgottenAfterMs: 10_000 };

/** `$(NAME)` in an argument is a variable. */
const expand = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);

/** There is one processor for all workers of a proxy here. */
function adaptArguments({ name, args = [] }: ContainerSpec): string[] {
  if (name !== 'envoy') return [...args];
  return [...args.filter((arg) => arg !== '--cpuset-threads'), '--concurrency', '1'];
}

/** The container's own first process; the program that we have started made its sandbox. */
function findInner(pid: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? undefined : Number(children.split(' ')[0]);
  } catch {
    return undefined;
  }
}

/** Whether a process has a handler for SIGTERM. @see proc(5), SigCgt */
function handlesTermination(pid: number): boolean {
  try {
    const [, caught = '0'] = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return (BigInt(`0x${caught}`) & (1n << BigInt(constants.signals.SIGTERM - 1))) !== 0n;
  } catch {
    return true;
  }
}

/** The first process of a container ignores a signal for which it has no handler yet. */
async function waitForHandler(pid: number | undefined, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (pid !== undefined && !handlesTermination(pid) && performance.now() < deadline) await delay(20);
}

const runToEnd = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.once('error', () => {
      resolve(127);
    });
    child.once('close', (code) => {
      resolve(code ?? 255);
    });
  });

function sandboxedCommand(spec: ContainerSpec, setting: ContainerSetting): string[] {
  const { image, binds, hostname, userId, env, enter } = setting;
  const sandbox = sandboxArguments({
    binds: { ...image.binds, ...binds },
    hostname,
    ...(userId !== undefined && { userId }),
    readOnlyRoot: spec.securityContext?.readOnlyRootFilesystem ?? false,
  });
  const command = (spec.command ?? image.entrypoint).map((word) => expand(word, env));
  const args = adaptArguments(spec).map((arg) => expand(arg, env));
  return [...enter, 'bwrap', ...sandbox, ...command, ...args];
}

/** Starts a container. */
export function startContainer(spec: ContainerSpec, setting: ContainerSetting): Container {
  const { userId, address, logFolder, hostname } = setting;
  const env = {
    PATH: `${imagePrograms}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOSTNAME: hostname,
    // As container runtimes set it for users that have no home.
    HOME: '/',
    ...setting.image.env,
    ...setting.env,
  };
  const [command = '', ...args] = sandboxedCommand(spec, setting);
  const start = (): Program => startProgram(spec.name, command, { args, env, logFolder });
  let program = start();
  let startedAt = new Date();
  let restarts = 0;
  let waitMs = backoff.firstMs;
  let dueAt: number | undefined;

  const exec = (list: readonly string[], stdio: StdioOptions): ChildProcess => {
    const user = userId === undefined ? [] : ['--user', '--preserve-credentials'];
    const target = ['--target', String(findInner(program.pid) ?? 0), ...user];
    const spaces = ['--mount', '--pid', '--net', '--uts', '--root', '--wd'];
    return spawn('nsenter', [...target, ...spaces, '--', ...list], { env, stdio });
  };
  const context = {
    container: spec,
    address,
    run: (list: readonly string[]) => runToEnd(exec(list, 'ignore')),
  };
  const kill = (signal: NodeJS.Signals): void => {
    const inner = findInner(program.pid);
    if (inner !== undefined && !program.hasEnded()) process.kill(inner, signal);
  };

  return {
    spec,
    get program() {
      return program;
    },
    get startedAt() {
      return startedAt;
    },
    get restarts() {
      return restarts;
    },
    restartIfDue: () => {
      if (!program.hasEnded()) return;
      const now = performance.now();
      if (Date.now() - startedAt.getTime() > backoff.forgottenAfterMs) waitMs = backoff.firstMs;
      dueAt ??= now + waitMs;
      if (now < dueAt) return;
      dueAt = undefined;
      waitMs = Math.min(waitMs * 2, backoff.longestMs);
      program = start();
      startedAt = new Date();
      restarts += 1;
    },
    probe: (kind) =>
      program.hasEnded()
        ? Promise.resolve(false)
        : perform(spec[kind], context, 1000 * (spec[kind]?.timeoutSeconds ?? probeTimeoutSeconds)),
    exec,
    kill,
    stop: async (withinMs) => {
      const deadline = performance.now() + withinMs;
      const left = (): number => Math.max(0, deadline - performance.now());
      if (withinMs > 0 && !program.hasEnded()) {
        const giveUp = new AbortController();
        await Promise.race([
          perform(spec.lifecycle?.preStop, context, withinMs),
          delay(withinMs, undefined, { signal: giveUp.signal }).catch(() => undefined),
        ]);
        giveUp.abort();
        await waitForHandler(findInner(program.pid), Math.min(left(), handlerWithinMs));
        kill('SIGTERM');
        while (!program.hasEnded() && left() > 0) await delay(20);
      }
      await program.stop('SIGKILL');
    },
  };
}
