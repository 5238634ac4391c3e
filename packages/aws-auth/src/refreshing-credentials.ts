import type { AwsCredentials, CredentialCache, CredentialSource } from './credentials.ts';
import { AwsAuthError, describeFailure } from './errors.ts';

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

const maxLeadMs = 5 * 60_000;
const leadShare = 0.25;
const minRetryMs = 250;
const maxRetryMs = 30_000;

/**
 * Keeps credentials and fetches new ones ahead of their expiry: 5 minutes, or a quarter of the lifetime where that is less,
 * up to half as early again by chance. One fetch at a time, whoever asks; the old ones serve until they really expire.
 * After a failure it waits before it asks again, doubling from 250 ms to 30 s.
 */
export function createRefreshingCredentials(options: RefreshingOptions): CredentialCache {
  const { now } = options;
  let current: Kept | undefined;
  let flight: Promise<AwsCredentials> | undefined;
  let failure:
    { readonly error: AwsAuthError; readonly retryAt: number; readonly delayMs: number } | undefined;

  const fetchNew = async (): Promise<AwsCredentials> => {
    try {
      const credentials = await withTimeout(options);
      current = keep(credentials, options);
      failure = undefined;
      return credentials;
    } catch (cause) {
      const error = toUnavailable(cause);
      const delayMs = Math.min(maxRetryMs, failure === undefined ? minRetryMs : failure.delayMs * 2);
      failure = { error, delayMs, retryAt: now() + delayMs };
      options.onError?.(error);
      throw error;
    } finally {
      flight = undefined;
    }
  };

  const refresh = (): Promise<AwsCredentials> => (flight ??= fetchNew());

  return {
    get() {
      const time = now();
      if (current !== undefined && time < current.refreshAt) return current.credentials;
      const mayAsk = flight !== undefined || failure === undefined || time >= failure.retryAt;
      if (current !== undefined && time < current.expiresAt) {
        // Ahead of time nobody waits, and nobody but `onError` hears of a failure.
        if (mayAsk) refresh().catch(() => undefined);
        return current.credentials;
      }
      if (!mayAsk && failure !== undefined) throw failure.error;
      return refresh();
    },
  };
}

interface Kept {
  readonly credentials: AwsCredentials;
  readonly refreshAt: number;
  readonly expiresAt: number;
}

function keep(credentials: AwsCredentials, { now, random }: RefreshingOptions): Kept {
  const expiresAt = credentials.expiration?.getTime() ?? Infinity;
  const lifetime = expiresAt - now();
  if (lifetime <= 0)
    throw new AwsAuthError('credentials_unavailable', 'the source gave credentials that have expired');
  const lead = Math.min(maxLeadMs, lifetime * leadShare);
  return { credentials, expiresAt, refreshAt: expiresAt - lead * (1 + random() / 2) };
}

async function withTimeout({ source, timeoutMs = 8000 }: RefreshingOptions): Promise<AwsCredentials> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new AwsAuthError('credentials_unavailable', `no AWS credentials within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([source(), expired]);
  } finally {
    clearTimeout(timer);
  }
}

function toUnavailable(cause: unknown): AwsAuthError {
  if (AwsAuthError.is(cause)) return cause;
  return new AwsAuthError('credentials_unavailable', `no AWS credentials: ${describeFailure(cause)}`);
}
