import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

import { CliError, messageOf } from './errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** The world of a command; only `main.ts` makes one from the real process. */
export interface CommandContext {
  env: Readonly<Record<string, string | undefined>>;
  /** Reads standard input to its end, as text. */
  readStdin: () => Promise<string>;
  /** Reads standard input to its end, as the bytes that it is. */
  readStdinBytes: () => Promise<Uint8Array>;
  /** Writes a line that is the command's answer (standard output). */
  print: (line: string) => void;
  /** Writes a line about what happens (standard error). */
  note: (line: string) => void;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP: drain and stop. */
  stop: AbortSignal;
  /** Aborted by the second one: stop now. */
  kill: AbortSignal;
}

/** One sub-command of `aigw`. */
export interface Command {
  name: string;
  /** One line of the overview. */
  summary: string;
  /** The text of `aigw NAME --help`. */
  help: string;
  run: (args: readonly string[], context: CommandContext) => Promise<ExitCode>;
}

/** Parses a command's flags. @throws CliError `usage`, in one sentence, naming the command's help */
export function parseFlags<T extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    const [sentence] = messageOf(thrown).split('. ');
    throw new CliError('usage', `${sentence} (see: aigw ${command} --help)`);
  }
}

/** A port from a flag: 1 to 65535, or 0 where any free one will do. @throws CliError `usage` */
export function parsePort(flag: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new CliError('usage', `${flag} expects a port number from 0 to 65535, not "${text}"`);
  }
  return port;
}

/** Finds and runs the sub-command of `argv`; answers `--help`. @throws CliError from the command */
export async function runCommandLine(
  commands: readonly Command[],
  argv: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    context.print(overview(commands));
    return exitCodes.ok;
  }
  const wanted = name === '--version' || name === '-v' ? 'version' : name;
  const command = commands.find((candidate) => candidate.name === wanted);
  if (command === undefined) {
    throw new CliError(
      'usage',
      `there is no command "${name}"; the commands are ${commands.map((c) => c.name).join(', ')}`,
    );
  }
  if (args.includes('--help') || args.includes('-h')) {
    context.print(command.help);
    return exitCodes.ok;
  }
  return command.run(args, context);
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'aigw: an AI gateway on Envoy. OpenAI and Anthropic APIs in front of AWS Bedrock, Anthropic and OpenAI-compatible servers.',
    '',
    'Usage: aigw COMMAND [options]',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'aigw COMMAND --help tells more. The shortest way to an answer, with no account anywhere:',
    '',
    '  aigw run --mock',
  ].join('\n');
}
