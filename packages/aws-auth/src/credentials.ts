import type { ProviderClock } from './provider-clock.ts';

/** What a request is signed with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Absent: they do not expire. */
  readonly expiration?: Date;
}

/**
 * Fetches credentials anew at each call; the caller keeps and refreshes them. Rejects with `AwsAuthError`.
 * @param refused What AWS does not take although it should: others are wanted.
 */
export type CredentialSource = (refused?: AwsCredentials) => Promise<AwsCredentials>;

/** Credentials that are kept and refreshed; answers at once while it can. */
export interface CredentialCache {
  /** @throws AwsAuthError `credentials_unavailable`, or rejects with it. */
  get(): AwsCredentials | Promise<AwsCredentials>;
  /**
   * AWS refused credentials that were to be good. Fetches others, once however many callers say so; never rejects.
   * @returns true when there are others now.
   */
  replace(refused: AwsCredentials): Promise<boolean>;
  /** The time that expiries are read by and signatures state. */
  readonly clock: ProviderClock;
}

/** True when both sign alike. */
export function isSameCredentials(a: AwsCredentials, b: AwsCredentials): boolean {
  return (
    a.accessKeyId === b.accessKeyId &&
    a.secretAccessKey === b.secretAccessKey &&
    a.sessionToken === b.sessionToken
  );
}

/** What an SDK provider resolved to, as our own type, without its extras. */
export function toAwsCredentials(identity: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}): AwsCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = identity;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiration }),
  };
}
