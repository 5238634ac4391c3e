import { buffer, text } from 'node:stream/consumers';

import { type CommandContext, runCommandLine } from './command.ts';
import { doctorCommand } from './commands/doctor.ts';
import { healthcheckCommand } from './commands/healthcheck.ts';
import { installCommand } from './commands/install.ts';
import { mockCommand } from './commands/mock.ts';
import { runCommand } from './commands/run.ts';
import { translateCommand } from './commands/translate.ts';
import { validateCommand } from './commands/validate.ts';
import { versionCommand } from './commands/version.ts';
import { CliError } from './errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

const commands = [
  runCommand,
  validateCommand,
  translateCommand,
  doctorCommand,
  installCommand,
  mockCommand,
  healthcheckCommand,
  versionCommand,
];

const lingerMs = 1_000;

/** Runs `aigw` on this process: the only place that reads its arguments, environment and signals, and sets its exit status. */
export async function main(): Promise<void> {
  const { stop, kill } = abortOnSignals();
  const context: CommandContext = {
    env: process.env,
    readStdin: () => text(process.stdin),
    readStdinBytes: () => buffer(process.stdin),
    print: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`aigw: ${line}\n`),
    stop,
    kill,
  };
  process.exitCode = await runCommandLine(commands, process.argv.slice(2), context).catch((thrown: unknown) =>
    reportFailure(thrown, context),
  );
  // What was asked and nobody waits for any more, such as a hanging STS, must not keep the process.
  setTimeout(() => process.exit(), lingerMs).unref();
}

function reportFailure(thrown: unknown, context: CommandContext): ExitCode {
  if (CliError.is(thrown)) {
    context.note(thrown.message);
    return { usage: exitCodes.usage, setup: exitCodes.failure, fatal: exitCodes.fatal }[thrown.code];
  }
  context.note(
    `internal error: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
  );
  return exitCodes.internal;
}

function abortOnSignals(): { stop: AbortSignal; kill: AbortSignal } {
  const stop = new AbortController();
  const kill = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => (stop.signal.aborted ? kill : stop).abort());
  }
  return { stop: stop.signal, kill: kill.signal };
}
