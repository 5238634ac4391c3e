const brand = Symbol.for('aigw.cli');

/** Why a command stopped: `usage` is a wrong command line, `setup` a wrong environment, `fatal` a part that does not stay up. */
export type CliErrorCode = 'usage' | 'setup' | 'fatal';

/** An error whose message is a whole sentence for the person at the keyboard; it is printed without a stack. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly [brand] = true;

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CliError';
    this.code = code;
  }

  /** Whether `value` is a CliError, also one from another copy of this package. */
  static is(value: unknown): value is CliError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  const isError = typeof thrown === 'object' && thrown !== null && 'message' in thrown;
  return String(isError ? thrown.message : thrown);
}

/** The system's code of an error (`ENOENT`), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  const hasCode = typeof thrown === 'object' && thrown !== null && 'code' in thrown;
  return hasCode && typeof thrown.code === 'string' ? thrown.code : undefined;
}
