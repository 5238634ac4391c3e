/**
 * - `unreadable`: the file or a part of it cannot be read.
 * - `incomplete`: a bundle whose parts do not fit its index; it may be half written.
 * - `invalid_config`: the content is not a usable configuration.
 */
export type ConfigErrorCode = 'unreadable' | 'incomplete' | 'invalid_config';

const brand = Symbol.for('aigw.extproc.config');

/** A configuration that cannot be loaded. The message says where and what; it holds no content. */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  readonly [brand] = true;

  constructor(code: ConfigErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ConfigError';
    this.code = code;
  }

  /** True for errors of any copy of this package. */
  static is(error: unknown): error is ConfigError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}
