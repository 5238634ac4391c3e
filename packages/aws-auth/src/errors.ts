/**
 * Why AWS authentication failed.
 * - `invalid_credentials_file`: the text of a credentials file lacks what is needed; the operator must change it.
 * - `invalid_region`: a region, or none, that cannot be used.
 * - `host_mismatch`: the request would go to another host than the one it was meant for.
 * - `invalid_request`: the path cannot be signed as it stands.
 * - `credentials_unavailable`: the source gave none, yet; worth trying again later.
 */
export type AwsAuthErrorCode =
  | 'invalid_credentials_file'
  | 'invalid_region'
  | 'host_mismatch'
  | 'invalid_request'
  | 'credentials_unavailable';

const brand = Symbol.for('aigw.aws-auth');

/** A failure of credentials or signing. Messages never hold credentials. */
export class AwsAuthError extends Error {
  readonly code: AwsAuthErrorCode;
  /** When the source will be asked again, in milliseconds from the failure; `undefined` when that is not known. */
  readonly retryAfterMs: number | undefined;
  readonly [brand] = true;

  constructor(
    code: AwsAuthErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = 'AwsAuthError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** True for errors of any copy of this package. */
  static is(error: unknown): error is AwsAuthError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/**
 * Why a source of somebody else failed, in one short line. Not its `cause`: AWS's answers may quote the signed request with
 * its session token in the lines that follow.
 */
export function describeFailure(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('message' in cause)) return 'unknown reason';
  const [line = ''] = String(cause.message).split('\n', 1);
  const name =
    'name' in cause && typeof cause.name === 'string' && cause.name !== 'Error' ? `${cause.name}: ` : '';
  return `${name}${line}`.slice(0, 300);
}
