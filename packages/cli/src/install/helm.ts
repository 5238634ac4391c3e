import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

import type { CommandContext } from '../command.ts';
import { CliError, codeOf } from '../errors.ts';

/** What helm printed, or what it said of its failure. */
export type HelmResult =
  { readonly ok: true; readonly output: string } | { readonly ok: false; readonly reason: string };

/** The helm of this machine. */
export interface Helm {
  readonly version: string;
  /** Runs it to its end; `input` is its standard input. Never throws. */
  run(args: readonly string[], input?: string): Promise<HelmResult>;
}

const [oldestMajor, oldestMinor] = [3, 8];
const installation = `aigw install runs helm ${oldestMajor}.${oldestMinor} or newer: https://helm.sh/docs/intro/install`;

/** Finds helm on `PATH`. @throws CliError `setup` when there is none, or one that is too old */
export async function findHelm({ env, stop }: Pick<CommandContext, 'env' | 'stop'>): Promise<Helm> {
  const run: Helm['run'] = (args, input = '') => runHelm({ env, stop }, args, input);
  const answer = await run(['version', '--template', '{{.Version}}']);
  if (!answer.ok) throw new CliError('setup', `helm cannot be run: ${answer.reason}; ${installation}`);
  const version = answer.output.trim().replace(/^v/, '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return { version, run };
  throw new CliError('setup', `helm ${version} is too old; ${installation}`);
}

async function runHelm(
  { env, stop }: Pick<CommandContext, 'env' | 'stop'>,
  args: readonly string[],
  input: string,
): Promise<HelmResult> {
  // It is asked to end by the signal, and then gives up its release in order.
  const child = spawn('helm', args, { env, signal: stop, killSignal: 'SIGTERM', stdio: 'pipe' });
  const ended = new Promise<number | null | Error>((resolve) => {
    child.once('error', resolve);
    child.once('close', resolve);
  });
  // One that ends before it has read everything is judged by its exit status.
  child.stdin.on('error', () => undefined).end(input);
  const [output, errors, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (end === 0) return { ok: true, output };
  return { ok: false, reason: describeEnd(end, errors) };
}

function describeEnd(end: number | null | Error, errors: string): string {
  if (typeof end === 'object' && end !== null) {
    if (codeOf(end) === 'ENOENT') return 'it is not on PATH';
    return end.name === 'AbortError' ? 'stopped' : end.message;
  }
  const lines = errors.split('\n').filter((line) => line !== '' && !/^(WARNING:|walk\.go|level=)/.test(line));
  return lines.join('\n').replace(/^Error: /m, '') || `exit status ${end ?? 'unknown'}`;
}
