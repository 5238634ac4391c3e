import { execFile } from 'node:child_process';

/** What a short-lived program printed, or why it could not be used. */
export type ProgramResult = { ok: true; output: string } | { ok: false; reason: string };

/** A bound on what a program may take. */
export interface ProgramLimits {
  timeoutMs: number;
  env?: Readonly<Record<string, string | undefined>>;
}

const maxOutputBytes = 4 * 1024 * 1024;

/** Runs a program to its end without a shell. Never throws; the reason of a failure is its last line on standard error. */
export function runProgram(
  file: string,
  args: readonly string[],
  limits: ProgramLimits,
): Promise<ProgramResult> {
  const options = { timeout: limits.timeoutMs, maxBuffer: maxOutputBytes, env: limits.env ?? process.env };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ ok: true, output: stdout + stderr });
      else resolve({ ok: false, reason: describeFailure(error, stderr, limits.timeoutMs) });
    });
  });
}

function describeFailure(error: Error & { killed?: boolean }, stderr: string, timeoutMs: number): string {
  if ('code' in error && error.code === 'ENOENT') return 'not found';
  if ('code' in error && error.code === 'EACCES') return 'not executable';
  if (error.killed === true) return `no end after ${timeoutMs / 1000} s`;
  return stderr.trim().split('\n').at(-1) ?? error.message;
}
