import type { HeaderChanges } from '@aigw/translator';

/** The request of one attempt exactly as it goes out. */
export interface AuthRequest {
  readonly method: string;
  /** Value of `:path`, encoded as on the wire. */
  readonly path: string;
  /** The host that the upstream receives. */
  readonly host: string;
  readonly body: Uint8Array;
  /** Where the credentials that it brings itself would be; absent: it brings none. */
  readonly origin?: RequestOrigin;
}

/** What came with the request besides what is sent on. */
export interface RequestOrigin {
  /** Of the client, by lower-case name, those for the gateway alone included. */
  readonly headers: ReadonlyMap<string, string>;
  /** What Envoy's filters know of the request, by namespace. */
  readonly metadata: RequestMetadata;
}

/** Dynamic metadata by namespace, as far as the filter forwards it. */
export type RequestMetadata = Readonly<Record<string, unknown>>;

/** The headers that authenticate one request; all of them overwrite. */
export interface Authentication extends HeaderChanges {
  /**
   * Hears the headers of an answer that refuses the request. Never rejects.
   * @returns true when authenticating it again may help.
   */
  readonly review?: (headers: ReadonlyMap<string, string>) => Promise<boolean>;
}

/** Authenticates requests to one backend. */
export interface BackendAuthenticator {
  /** @throws AuthError when there is no credential or it cannot be had. */
  apply(request: AuthRequest): Promise<Authentication> | Authentication;
}

/** `missing_credential`: none is configured or sent (401). `credentials_unavailable`: its source does not answer (503). */
export type AuthErrorCode = 'missing_credential' | 'credentials_unavailable';

const brand = Symbol.for('aigw.extproc.auth');

/** A request that cannot be authenticated; `message` is safe for the client and holds no secret. */
export class AuthError extends Error {
  readonly code: AuthErrorCode;
  /** When it is worth trying again; `undefined` when waiting does not help. */
  readonly retryAfterSeconds: number | undefined;
  readonly [brand] = true;

  constructor(
    code: AuthErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, options);
    this.name = 'AuthError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** True for errors of any copy of this package. */
  static is(error: unknown): error is AuthError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}
