import { createHash, createHmac } from 'node:crypto';
import { buildCanonicalRequest, canonicalHeader } from './build-canonical-request.ts';
import type { SigV4Request } from './build-canonical-request.ts';
import { parseAuthorization } from './parse-authorization.ts';
import type { Authorization } from './parse-authorization.ts';

/** Long-lived or temporary credentials that the mock accepts. */
export interface MockCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Set for temporary credentials: requests must carry exactly this token. */
  readonly sessionToken?: string;
  /** From then on the token has expired. */
  readonly expiration?: Date;
}

/** AWS's names for what is wrong with a signature. */
export type SigV4ErrorCode =
  | 'MissingAuthenticationTokenException'
  | 'IncompleteSignatureException'
  | 'UnrecognizedClientException'
  | 'ExpiredTokenException'
  | 'InvalidSignatureException';

/** `canonicalRequest` is what the verifier computed, for a test that wants to see the difference; it may hold a session token. */
export type SigV4Verdict =
  | { readonly ok: true; readonly accessKeyId: string; readonly canonicalRequest: string }
  | {
      readonly ok: false;
      readonly code: SigV4ErrorCode;
      readonly message: string;
      readonly canonicalRequest?: string;
    };

/** What a signature is checked against. */
export interface SigV4Options {
  readonly credentials: readonly MockCredentials[];
  readonly now: Date;
  /** Signing name, default `bedrock`. */
  readonly service?: string;
  /** The region that the scope must name; any when absent. */
  readonly region?: string;
}

const maxSkewMs = 5 * 60 * 1000;
const mismatch =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/** Verifies a Signature Version 4 by computing it again from the wire request. All failures are HTTP 403. */
export function verifySigV4(request: SigV4Request, options: SigV4Options): SigV4Verdict {
  const header = canonicalHeader(request, 'authorization');
  if (header === '') return refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const authorization = parseAuthorization(header);
  if (typeof authorization === 'string') return refuse('IncompleteSignatureException', authorization);
  const date = canonicalHeader(request, 'x-amz-date');
  return (
    checkDate(date, authorization, options.now) ??
    checkSignedHeaders(request, authorization) ??
    checkScope(authorization, options) ??
    checkSecret(request, authorization, options)
  );
}

function refuse(code: SigV4ErrorCode, message: string): SigV4Verdict & { ok: false } {
  return { ok: false, code, message };
}

function checkDate(date: string, { scopeDate }: Authorization, now: Date): SigV4Verdict | undefined {
  const time = parseAmzDate(date);
  if (time === undefined) {
    return refuse(
      'IncompleteSignatureException',
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  if (scopeDate !== date.slice(0, 8)) {
    return refuse(
      'InvalidSignatureException',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scopeDate}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
  const age = now.getTime() - time;
  if (age > maxSkewMs) {
    const limit = formatAmzDate(now.getTime() - maxSkewMs);
    return refuse(
      'InvalidSignatureException',
      `Signature expired: ${date} is now earlier than ${limit} (${formatAmzDate(now.getTime())} - 5 min.)`,
    );
  }
  if (age < -maxSkewMs) {
    const limit = formatAmzDate(now.getTime() + maxSkewMs);
    return refuse(
      'InvalidSignatureException',
      `Signature not yet current: ${date} is still later than ${limit} (${formatAmzDate(now.getTime())} + 5 min.)`,
    );
  }
  return undefined;
}

function checkSignedHeaders(
  request: SigV4Request,
  { signedHeaders }: Authorization,
): SigV4Verdict | undefined {
  if (!signedHeaders.includes('host')) {
    return refuse(
      'InvalidSignatureException',
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  if (!signedHeaders.includes('x-amz-date')) {
    return refuse(
      'InvalidSignatureException',
      "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  const present = new Set(request.headers.map(([name]) => name.toLowerCase()));
  const missing = signedHeaders.filter((name) => !present.has(name));
  if (missing.length > 0) {
    return refuse(
      'InvalidSignatureException',
      `Signed headers are not in the request: ${missing.join(', ')}.`,
    );
  }
  const isSorted = signedHeaders.every(
    (name, index) => index === 0 || (signedHeaders[index - 1] ?? '') < name,
  );
  return isSorted ? undefined : refuse('InvalidSignatureException', mismatch);
}

function checkScope(authorization: Authorization, options: SigV4Options): SigV4Verdict | undefined {
  const service = options.service ?? 'bedrock';
  if (authorization.scopeTerminator !== 'aws4_request') {
    return refuse(
      'InvalidSignatureException',
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${authorization.scopeTerminator}'.`,
    );
  }
  if (authorization.scopeService !== service) {
    return refuse(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${service}', not '${authorization.scopeService}'.`,
    );
  }
  if (options.region !== undefined && authorization.scopeRegion !== options.region) {
    return refuse(
      'InvalidSignatureException',
      `Credential should be scoped to a valid region, not '${authorization.scopeRegion}'.`,
    );
  }
  return undefined;
}

function checkSecret(
  request: SigV4Request,
  authorization: Authorization,
  options: SigV4Options,
): SigV4Verdict {
  const token = canonicalHeader(request, 'x-amz-security-token');
  const ofKey = options.credentials.filter(({ accessKeyId }) => accessKeyId === authorization.accessKeyId);
  const credentials = ofKey.find(({ sessionToken = '' }) => sessionToken === token);
  if (!credentials) {
    return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (credentials.expiration && credentials.expiration.getTime() <= options.now.getTime()) {
    return refuse('ExpiredTokenException', 'The security token included in the request is expired');
  }
  const canonicalRequest = buildCanonicalRequest(request, authorization.signedHeaders);
  const announced = canonicalHeader(request, 'x-amz-content-sha256');
  const isHonest = announced === '' || canonicalRequest.endsWith(`\n${announced}`);
  if (isHonest && sign(canonicalRequest, request, authorization, credentials) === authorization.signature) {
    return { ok: true, accessKeyId: credentials.accessKeyId, canonicalRequest };
  }
  return { ...refuse('InvalidSignatureException', mismatch), canonicalRequest };
}

function sign(
  canonicalRequest: string,
  request: SigV4Request,
  { scopeDate, scopeRegion, scopeService, scopeTerminator }: Authorization,
  credentials: MockCredentials,
): string {
  const scope = [scopeDate, scopeRegion, scopeService, scopeTerminator];
  const hashed = createHash('sha256').update(canonicalRequest, 'latin1').digest('hex');
  const date = canonicalHeader(request, 'x-amz-date');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), hashed].join('\n');
  const secret: Buffer = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  const key = scope.reduce((parent, part) => createHmac('sha256', parent).update(part).digest(), secret);
  return createHmac('sha256', key).update(text).digest('hex');
}

function parseAmzDate(date: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function formatAmzDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
