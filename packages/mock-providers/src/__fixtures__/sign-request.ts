import { createHash, createHmac } from 'node:crypto';
import { mockCredentials } from '../mock-providers.ts';
import { buildCanonicalRequest } from '../sigv4/build-canonical-request.ts';

/** What to sign and with what; defaults are the mock's own credentials in us-east-1, now. */
export interface Signing {
  readonly path: string;
  readonly body: string;
  readonly host: string;
  readonly region?: string;
  readonly date?: Date;
  readonly secretAccessKey?: string;
  readonly accessKeyId?: string;
  readonly sessionToken?: string | undefined;
}

/** Headers of a signed POST (the canonical request behind it is checked against botocore elsewhere). */
export function signRequest({ path, body, host, sessionToken, ...options }: Signing): Record<string, string> {
  const { region = 'us-east-1', date = new Date() } = options;
  const {
    accessKeyId = mockCredentials.aws.accessKeyId,
    secretAccessKey = mockCredentials.aws.secretAccessKey,
  } = options;
  const time = date.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = [time.slice(0, 8), region, 'bedrock', 'aws4_request'];
  const headers = {
    'content-type': 'application/json',
    host,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(headers);
  const request = { method: 'POST', path, headers: Object.entries(headers), body: Buffer.from(body) };
  const hash = createHash('sha256').update(buildCanonicalRequest(request, names)).digest('hex');
  const start: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  const key = scope.reduce((parent, part) => createHmac('sha256', parent).update(part).digest(), start);
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash].join('\n');
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}
