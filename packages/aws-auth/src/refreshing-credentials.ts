import {
  type AwsCredentials,
  type CredentialCache,
  type CredentialSource,
  isSameCredentials,
} from './credentials.ts';
import { AwsAuthError, describeFailure } from './errors.ts';
import { createProviderClock, type ProviderClock } from './provider-clock.ts';
import { planRenewal } from './renewal.ts';

export interface RefreshingOptions {
  readonly source: CredentialSource;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** 0 to 1; spreads the refreshes of many processes. */
  readonly random: () => number;
  /** How long one call of the source may take. Below Envoy's limit for an answer of ours. */
  readonly timeoutMs?: number;
  /** Called for each failed attempt, also for those in the background that no request waits for. */
  readonly onError?: (error: AwsAuthError) => void;
}

const minRetryMs = 250;
const maxRetryMs = 10_000;
/** AWS may refuse new credentials too; asking for more with every request would help nobody. */
const minReplaceMs = 10_000;

/**
 * Keeps credentials and fetches new ones ahead of their expiry: 5 minutes, or a quarter of the lifetime where that is less,
 * up to half as early again by chance. One fetch at a time, whoever asks; the old ones serve until they really expire.
 * After a failure it waits before it asks again, doubling from 250 ms to 10 s.
 */
export function createRefreshingCredentials(options: RefreshingOptions): CredentialCache {
  return new RefreshingCredentials(options);
}

class RefreshingCredentials implements CredentialCache {
  readonly clock: ProviderClock;
  readonly #options: RefreshingOptions;
  #current: Kept | undefined;
  #flight: Promise<AwsCredentials> | undefined;
  #failure: Failure | undefined;
  #replacedAt = -Infinity;

  constructor(options: RefreshingOptions) {
    this.#options = options;
    this.clock = createProviderClock(options.now);
  }

  get(): AwsCredentials | Promise<AwsCredentials> {
    const current = this.#current;
    const time = this.clock.now();
    if (current !== undefined && time < current.refreshAt) return current.credentials;
    if (current !== undefined && time < current.expiresAt) {
      // Ahead of time nobody waits, and nobody but `onError` hears of a failure.
      if (this.#mayAsk()) this.#refresh().catch(() => undefined);
      return current.credentials;
    }
    if (this.#failure !== undefined && !this.#mayAsk()) throw this.#failure.error;
    return this.#refresh();
  }

  async replace(refused: AwsCredentials): Promise<boolean> {
    if (this.#current !== undefined && !isSameCredentials(this.#current.credentials, refused)) return true;
    if (this.#flight === undefined) {
      const time = this.#options.now();
      if (time - this.#replacedAt < minReplaceMs || !this.#mayAsk()) return false;
      this.#replacedAt = time;
    }
    return this.#refresh(refused).then(
      (fresh) => !isSameCredentials(fresh, refused),
      () => false,
    );
  }

  #mayAsk(): boolean {
    return (
      this.#flight !== undefined ||
      this.#failure === undefined ||
      this.#options.now() >= this.#failure.retryAt
    );
  }

  #refresh(refused?: AwsCredentials): Promise<AwsCredentials> {
    return (this.#flight ??= this.#fetch(refused));
  }

  async #fetch(refused: AwsCredentials | undefined): Promise<AwsCredentials> {
    try {
      const credentials = await withTimeout(this.#options, refused);
      this.#current = keep(credentials, this.clock.now(), this.#options.random());
      this.#failure = undefined;
      return credentials;
    } catch (cause) {
      const earlierMs = this.#failure?.delayMs;
      const delayMs = earlierMs === undefined ? minRetryMs : Math.min(maxRetryMs, earlierMs * 2);
      const error = toUnavailable(cause, delayMs);
      this.#failure = { error, delayMs, retryAt: this.#options.now() + delayMs };
      this.#options.onError?.(error);
      throw error;
    } finally {
      this.#flight = undefined;
    }
  }
}

interface Failure {
  readonly error: AwsAuthError;
  readonly retryAt: number;
  readonly delayMs: number;
}

interface Kept {
  readonly credentials: AwsCredentials;
  readonly refreshAt: number;
  readonly expiresAt: number;
}

function keep(credentials: AwsCredentials, time: number, random: number): Kept {
  const expiresAt = credentials.expiration?.getTime() ?? Infinity;
  const lifetime = expiresAt - time;
  if (lifetime <= 0)
    throw new AwsAuthError('credentials_unavailable', 'the source gave credentials that have expired');
  return { credentials, expiresAt, refreshAt: planRenewal(expiresAt, { time, random }) };
}

async function withTimeout(
  { source, timeoutMs = 8000 }: RefreshingOptions,
  refused: AwsCredentials | undefined,
): Promise<AwsCredentials> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new AwsAuthError('credentials_unavailable', `no AWS credentials within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([source(refused), expired]);
  } finally {
    clearTimeout(timer);
  }
}

function toUnavailable(cause: unknown, retryAfterMs: number): AwsAuthError {
  const [code, message] = AwsAuthError.is(cause)
    ? [cause.code, cause.message]
    : (['credentials_unavailable', `no AWS credentials: ${describeFailure(cause)}`] as const);
  return new AwsAuthError(code, message, { retryAfterMs });
}
