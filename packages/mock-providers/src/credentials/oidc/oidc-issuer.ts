import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { JsonObject } from '../../json.ts';
import { signToken } from './json-web-token.ts';

/** What a token says; times come from the mock's clock. */
export interface TokenClaims {
  /** Default `system:serviceaccount:default:mock`. */
  readonly subject?: string;
  /** Default `sts.amazonaws.com`. */
  readonly audience?: string;
  /** Default 3600. */
  readonly lifetimeSeconds?: number;
  /** Further claims, before the standard ones. */
  readonly claims?: JsonObject;
}

/** A client that may ask for tokens. */
export interface OidcClient {
  readonly id: string;
  readonly secret: string;
}

/** The issuer of the mock: one RSA key for its life, made when it is first needed. */
export interface OidcIssuer {
  /** `http://host:port/oidc`. */
  readonly url: string;
  readonly client: OidcClient;
  /** Seconds that tokens of the token endpoint live. */
  readonly tokenLifetimeSeconds: number;
  createToken(claims?: TokenClaims): string;
  /** JSON Web Key Set: https://www.rfc-editor.org/rfc/rfc7517 */
  keySet(): { readonly keys: readonly JsonWebKey[] };
}

interface IssuerOptions extends Pick<OidcIssuer, 'url' | 'client' | 'tokenLifetimeSeconds'> {
  readonly now: () => Date;
}

/** An issuer with a key of its own. */
export function createOidcIssuer({ now, ...fixed }: IssuerOptions): OidcIssuer {
  const keyId = randomUUID();
  let privateKey: KeyObject | undefined;
  const findKey = (): KeyObject =>
    (privateKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  return {
    ...fixed,
    createToken({ subject, audience, lifetimeSeconds = 3600, claims } = {}) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      const standard = {
        iss: fixed.url,
        sub: subject ?? 'system:serviceaccount:default:mock',
        aud: audience ?? 'sts.amazonaws.com',
        iat: issuedAt,
        nbf: issuedAt,
        exp: issuedAt + lifetimeSeconds,
        jti: randomUUID(),
      };
      return signToken({ ...claims, ...standard }, keyId, findKey());
    },
    keySet() {
      const key = createPublicKey(findKey()).export({ format: 'jwk' });
      return { keys: [{ ...key, kid: keyId, alg: 'RS256', use: 'sig' }] };
    },
  };
}
