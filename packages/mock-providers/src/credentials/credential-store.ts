import { randomBytes } from 'node:crypto';

/** Temporary credentials that the mock has given out. */
export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  /** Whose they are: `arn:aws:sts::{account}:assumed-role/{role}/{session}`. */
  readonly arn: string;
}

/** What becomes of credentials that are revoked: AWS calls them expired, or does not know them. */
export type Revocation = 'expired' | 'unrecognized';

/** All temporary credentials of one mock, expired ones included. */
export interface CredentialStore {
  issue(arn: string, lifetimeSeconds: number): IssuedCredentials;
  /** The last 1000, newest last. */
  list(): readonly IssuedCredentials[];
  /** Ends all credentials issued so far. */
  revoke(as: Revocation): void;
}

const maxIssued = 1000;
const tokenBytes = 600;

/** An empty store; random, because credentials that repeat would hide that somebody keeps old ones. */
export function createCredentialStore(now: () => Date): CredentialStore {
  let issued: readonly IssuedCredentials[] = [];
  return {
    issue(arn, lifetimeSeconds) {
      const credentials = {
        accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: `IQoJb3JpZ2luX2Vj${randomBytes(tokenBytes).toString('base64')}`,
        // AWS knows no fractions of a second, and never gives less than it says.
        expiration: new Date(Math.ceil(now().getTime() / 1000 + lifetimeSeconds) * 1000),
        arn,
      };
      issued = [...issued.slice(1 - maxIssued), credentials];
      return credentials;
    },
    list: () => issued,
    revoke(as) {
      const expiration = now();
      issued = as === 'unrecognized' ? [] : issued.map((credentials) => ({ ...credentials, expiration }));
    },
  };
}
