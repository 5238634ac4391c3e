/** Timeouts, conflicts, and too many requests. */
const passing: ReadonlySet<number> = new Set([408, 409, 429]);

const brand = Symbol.for('aigw.controller.kube');

/** The API server's refusal, or that it could not be reached (status 0). */
export class KubeApiError extends Error {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Such as `NotFound`, `Conflict`, `Invalid`. */
  readonly reason: string;
  readonly [brand] = true;

  constructor(status: number, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KubeApiError';
    this.status = status;
    this.reason = reason;
  }

  static is(value: unknown): value is KubeApiError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** True for an answer with that status. */
export function hasStatus(error: unknown, status: number): boolean {
  return KubeApiError.is(error) && error.status === status;
}

/** The reason of an object that somebody else has under the name of one of ours. */
export const foreignReason = 'BelongsToAnother';

/** What the API server will not do, until somebody changes something: no conflict, and nothing that passes by itself. */
export function isLasting(error: unknown): error is KubeApiError {
  if (!KubeApiError.is(error)) return false;
  const { status } = error;
  return status >= 400 && status < 500 && !passing.has(status);
}

/** The object itself is what cannot be written: trying again changes nothing. */
export function isRefusal(error: unknown): error is KubeApiError {
  return (
    KubeApiError.is(error) && (error.status === 400 || error.status === 422 || error.reason === foreignReason)
  );
}
