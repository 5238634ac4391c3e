/** What a request is signed with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Absent: they do not expire. */
  readonly expiration?: Date;
}

/** Fetches credentials anew at each call; the caller keeps and refreshes them. Rejects with `AwsAuthError`. */
export type CredentialSource = () => Promise<AwsCredentials>;

/** Credentials that are kept and refreshed; answers at once while it can. */
export interface CredentialCache {
  /** @throws AwsAuthError `credentials_unavailable`, or rejects with it. */
  get(): AwsCredentials | Promise<AwsCredentials>;
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
