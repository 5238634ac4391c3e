import type { HeaderChanges } from '@aigw/translator';

/** The request of one attempt exactly as it goes out. */
export interface AuthRequest {
  readonly method: string;
  /** Value of `:path`, encoded as on the wire. */
  readonly path: string;
  /** The host that the upstream receives. */
  readonly host: string;
  readonly body: Uint8Array;
}

/** Authenticates requests to one backend. */
export interface BackendAuthenticator {
  /**
   * The headers that authenticate the request; all of them overwrite.
   * @throws AuthError when there is no credential or it cannot be had.
   */
  apply(request: AuthRequest): Promise<HeaderChanges> | HeaderChanges;
}

/** `missing_credential`: none is configured or sent (401). `credentials_unavailable`: its source does not answer (503). */
export type AuthErrorCode = 'missing_credential' | 'credentials_unavailable';

const brand = Symbol.for('aigw.extproc.auth');

/** A request that cannot be authenticated; `message` is safe for the client and holds no secret. */
export class AuthError extends Error {
  readonly code: AuthErrorCode;
  readonly [brand] = true;

  constructor(code: AuthErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'AuthError';
    this.code = code;
  }

  /** True for errors of any copy of this package. */
  static is(error: unknown): error is AuthError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}
