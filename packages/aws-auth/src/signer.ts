import { SignatureV4 } from '@smithy/signature-v4';
import type { ChecksumConstructor } from '@smithy/types';
import type { AwsCredentials } from './credentials.ts';
import { AwsAuthError } from './errors.ts';
import { Sha256 } from './sha256.ts';

/** The request as it goes on the wire. */
export interface SignableRequest {
  readonly method: string;
  /** The value of `:path`, percent-encoded as it is sent, with its query. */
  readonly path: string;
  /** The value of the Host header (`:authority`) that the provider receives. */
  readonly host: string;
  readonly body: Uint8Array;
}

export interface SigningOptions {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** The time that the signature states. */
  readonly now: Date;
}

/** Headers to put on the request, lower-case: `authorization`, `x-amz-date` and, with a session token, `x-amz-security-token`. */
export type SignatureHeaders = readonly (readonly [name: string, value: string])[];

/** Signs requests for Amazon Bedrock. */
export type Signer = (request: SignableRequest, options: SigningOptions) => Promise<SignatureHeaders>;

const service = 'bedrock';
const noCredentials = { accessKeyId: '', secretAccessKey: '' };

/**
 * Signature version 4 for Bedrock. Exactly `host`, `x-amz-date` and the session token are signed, so that Envoy may change
 * all other headers; the path is encoded once more for the canonical request, as every service but S3 has it.
 * The key of a day is cached per credential and region.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigner(sha256: ChecksumConstructor = Sha256): Signer {
  return async (request, { credentials, region, now }) => {
    const inner = new SignatureV4({
      service,
      region,
      credentials: { ...noCredentials, ...credentials },
      sha256,
      applyChecksum: false,
      uriEscapePath: true,
    });
    const { path, query } = splitPath(request.path);
    const { method, host, body } = request;
    const signed = await inner.sign(
      { method, protocol: 'https:', hostname: host, path, query, headers: { host }, body },
      { signingDate: now },
    );
    return Object.entries(signed.headers).filter(([name]) => name !== 'host');
  };
}

type Query = Record<string, string | string[]>;

function splitPath(pathWithQuery: string): { path: string; query: Query } {
  if (!pathWithQuery.startsWith('/')) {
    throw new AwsAuthError('invalid_request', 'the path to sign does not begin with a slash');
  }
  const at = pathWithQuery.indexOf('?');
  if (at < 0) return { path: pathWithQuery, query: {} };
  return { path: pathWithQuery.slice(0, at), query: parseQuery(pathWithQuery.slice(at + 1)) };
}

function parseQuery(text: string): Query {
  const values = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const [name = '', ...rest] = pair.split('=');
    const key = decode(name);
    values.set(key, [...(values.get(key) ?? []), decode(rest.join('='))]);
  }
  return Object.fromEntries(values);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new AwsAuthError('invalid_request', 'the query to sign is not percent-encoded UTF-8', { cause });
  }
}
