import pino from 'pino';
import { formatLogLine } from './log-text.ts';
import { redactFields } from './redact.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** Values of one log line. `error` takes the thrown thing; bodies and credentials do not belong here. */
export type LogFields = Record<string, unknown>;

/** Structured log with fixed messages: what varies goes into the fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** True when lines of this level are written; guards fields that cost something to make. */
  isEnabled(level: LogLevel): boolean;
  /** A logger that adds the same fields to each line. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where lines go; the standard error stream when absent. */
  readonly write?: (line: string) => void;
}

/**
 * A logger on pino. Values under credential names and `Secret`s never come out, at any depth;
 * see `redactFields` for the names.
 */
export function createLogger({ level, format, write }: LoggerOptions): Logger {
  const sink = write === undefined ? pino.destination({ fd: 2, sync: true }) : { write };
  const stream = format === 'json' ? sink : createTextStream(sink);
  const options: pino.LoggerOptions = {
    level,
    base: null,
    messageKey: 'message',
    errorKey: 'error',
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: serializeError },
    formatters: { level: (label) => ({ level: label }), log: redactFields },
  };
  return adapt(pino(options, stream));
}

function createTextStream(sink: pino.DestinationStream): pino.DestinationStream {
  return {
    write(line) {
      sink.write(formatLogLine(line));
    },
  };
}

function adapt(inner: pino.Logger): Logger {
  return {
    debug: (message, fields) => inner.debug(fields ?? {}, message),
    info: (message, fields) => inner.info(fields ?? {}, message),
    warn: (message, fields) => inner.warn(fields ?? {}, message),
    error: (message, fields) => inner.error(fields ?? {}, message),
    isEnabled: (level) => inner.isLevelEnabled(level),
    child: (fields) => adapt(inner.child(redactFields(fields))),
  };
}

/** Only what is known to be harmless: other properties of an error may hold requests or credentials. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : '[not an error]';
  const { name, message, stack } = error;
  const code = 'code' in error ? error.code : undefined;
  const cause = error.cause instanceof Error ? serializeError(error.cause) : undefined;
  return { name, message, code, stack, cause };
}
