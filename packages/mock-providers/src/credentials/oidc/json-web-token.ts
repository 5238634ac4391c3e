import { sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isJsonObject, parseJson } from '../../json.ts';
import type { JsonObject } from '../../json.ts';

/** A token that holds as far as signature and form go: what it claims, and the key that it names. */
export interface DecodedToken {
  readonly keyId: unknown;
  readonly claims: JsonObject;
}

/** Signs claims with RS256 as a compact JSON Web Token: https://www.rfc-editor.org/rfc/rfc7519 */
export function signToken(claims: JsonObject, keyId: string, privateKey: KeyObject): string {
  const parts = [{ alg: 'RS256', kid: keyId, typ: 'JWT' }, claims].map(encodePart).join('.');
  return `${parts}.${sign('sha256', Buffer.from(parts), privateKey).toString('base64url')}`;
}

/** Decodes an RS256 token without a look at its signature; `undefined` when it is none. */
export function decodeToken(token: string): DecodedToken | undefined {
  const [header, claims, signature, ...more] = token.split('.');
  if (!header || !claims || !signature || more.length > 0) return undefined;
  const [head, body] = [header, claims].map((part) => parseJson(Buffer.from(part, 'base64url')));
  if (!isJsonObject(head) || !isJsonObject(body) || head['alg'] !== 'RS256') return undefined;
  return { keyId: head['kid'], claims: body };
}

/** True when the token was signed with the other half of this key. */
export function isSignedWith(token: string, publicKey: KeyObject): boolean {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  return verify('sha256', Buffer.from(token.slice(0, end)), publicKey, signature);
}

function encodePart(part: JsonObject): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
