import { createPublicKey } from 'node:crypto';
import type { JsonObject } from '../../json.ts';
import { elementsOf } from '../../json.ts';
import { decodeToken, isSignedWith } from '../oidc/json-web-token.ts';
import type { OidcIssuer } from '../oidc/oidc-issuer.ts';
import type { StsFailure } from './sts-xml.ts';

/** The audience of tokens for STS. */
export const stsAudience = 'sts.amazonaws.com';

/** What a web identity token claims, or why STS refuses it: form, issuer, key, signature, times, audience, in this order. */
export function verifyWebIdentity(
  token: string,
  issuer: OidcIssuer,
  now: Date,
  audience = stsAudience,
): { readonly claims: JsonObject } | StsFailure {
  const decoded = decodeToken(token);
  if (!decoded) return refuse('The ID Token provided is not a valid JWT.');
  const { keyId, claims } = decoded;
  if (claims['iss'] !== issuer.url) {
    return refuse(`No OpenIDConnect provider found in your account for ${String(claims['iss'])}`);
  }
  const key = issuer.keySet().keys.find(({ kid }) => kid === keyId);
  if (!key) return refuse("Couldn't retrieve verification key from your identity provider");
  if (!isSignedWith(token, createPublicKey({ key, format: 'jwk' }))) {
    return refuse('The token signature is invalid.');
  }
  return checkTimes(claims, now) ?? checkAudience(claims, audience) ?? { claims };
}

function checkTimes({ exp, nbf }: JsonObject, now: Date): StsFailure | undefined {
  const seconds = Math.floor(now.getTime() / 1000);
  if (typeof exp !== 'number') return refuse('Missing a required claim: exp');
  if (seconds >= exp) {
    return {
      code: 'ExpiredTokenException',
      message: `Token expired: current date/time ${seconds} must be before the expiration date/time ${exp}`,
    };
  }
  return typeof nbf === 'number' && nbf > seconds + 300
    ? refuse('The token is not yet valid: nbf')
    : undefined;
}

function checkAudience({ aud }: JsonObject, audience: string): StsFailure | undefined {
  const audiences = typeof aud === 'string' ? [aud] : elementsOf(aud);
  return audiences.includes(audience) ? undefined : refuse('Incorrect token audience');
}

function refuse(message: string): StsFailure {
  return { code: 'InvalidIdentityToken', message };
}
