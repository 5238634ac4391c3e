import type { Dialect } from './translator.ts';

interface ErrorRow {
  readonly status: number;
  readonly retryable: boolean;
  /** `error.type` in OpenAI's words. */
  readonly openai: string;
  /** `error.type` in Anthropic's words. */
  readonly anthropic: string;
}

/** Every error that the gateway makes itself: one row gives its status and its name in each dialect. */
export const errorTable = {
  invalid_request: {
    status: 400,
    retryable: false,
    openai: 'invalid_request_error',
    anthropic: 'invalid_request_error',
  },
  unsupported_parameter: {
    status: 400,
    retryable: false,
    openai: 'invalid_request_error',
    anthropic: 'invalid_request_error',
  },
  unsupported_endpoint: {
    status: 400,
    retryable: false,
    openai: 'invalid_request_error',
    anthropic: 'invalid_request_error',
  },
  missing_credential: {
    status: 401,
    retryable: false,
    openai: 'authentication_error',
    anthropic: 'authentication_error',
  },
  not_found: { status: 404, retryable: false, openai: 'not_found_error', anthropic: 'not_found_error' },
  method_not_allowed: {
    status: 405,
    retryable: false,
    openai: 'invalid_request_error',
    anthropic: 'invalid_request_error',
  },
  request_too_large: {
    status: 413,
    retryable: false,
    openai: 'invalid_request_error',
    anthropic: 'request_too_large',
  },
  internal: { status: 500, retryable: true, openai: 'server_error', anthropic: 'api_error' },
  upstream_error: { status: 502, retryable: true, openai: 'upstream_error', anthropic: 'api_error' },
  stream_truncated: { status: 502, retryable: true, openai: 'upstream_error', anthropic: 'api_error' },
  credentials_unavailable: { status: 503, retryable: true, openai: 'server_error', anthropic: 'api_error' },
  configuration_pending: { status: 503, retryable: true, openai: 'server_error', anthropic: 'api_error' },
  stream_idle_timeout: { status: 504, retryable: true, openai: 'timeout', anthropic: 'timeout_error' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

const brand = Symbol.for('aigw.translator');

/** A request or an answer that cannot be translated; `message` is safe for the client and says what to change. */
export class TranslationError extends Error {
  readonly code: ErrorCode;
  /** The field at fault, as a JSON path. */
  readonly param: string | undefined;
  /** Headers of the answer besides those that every error has. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What programs read of the error, as JSON; only Anthropic's dialect has a place for it. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly [brand] = true;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      param?: string;
      headers?: TranslationError['headers'];
      details?: Readonly<Record<string, unknown>>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'TranslationError';
    this.code = code;
    this.param = options.param;
    this.headers = options.headers ?? [];
    this.details = options.details;
  }

  /** True for errors of any copy of this package. */
  static is(error: unknown): error is TranslationError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/** An error as the client is to see it. */
export interface ClientErrorDetails {
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly param?: string | undefined;
  /** What programs read of the error. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly requestId: string;
}

/**
 * The error body of a dialect.
 * @see https://platform.openai.com/docs/guides/error-codes
 * @see https://docs.anthropic.com/en/api/errors
 */
export function encodeErrorBody(dialect: Dialect, error: ClientErrorDetails): string {
  if (dialect === 'anthropic') {
    const { type, message, details, requestId } = error;
    return JSON.stringify({ type: 'error', error: { type, message, details }, request_id: requestId });
  }
  const { message, type, code, param } = error;
  return JSON.stringify({ type: 'error', error: { message, type, code, param: param ?? null } });
}
