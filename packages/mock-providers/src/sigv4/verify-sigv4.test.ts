import fc from 'fast-check';
import { readVectors } from '../__fixtures__/vectors.ts';
import type { SigV4Vector } from '../__fixtures__/vectors.ts';
import type { SigV4Request } from './build-canonical-request.ts';
import { verifySigV4 } from './verify-sigv4.ts';
import type { SigV4Options, SigV4Verdict } from './verify-sigv4.ts';

const { vectors, now, accessKeyId, secretAccessKey } = readVectors('sigv4');
const signedAt = new Date(now);
const [first] = vectors;

function requestOf({ method, path, headers, body, repeat }: SigV4Vector): SigV4Request {
  const wire = headers.map(([name, value]): [string, string] => [
    name,
    Buffer.from(value).toString('latin1'),
  ]);
  return { method, path, headers: wire, body: Buffer.from(body.repeat(repeat)) };
}

function optionsOf(vector: SigV4Vector, changes: Partial<SigV4Options> = {}): SigV4Options {
  const token = vector.sessionToken === null ? {} : { sessionToken: vector.sessionToken };
  return {
    credentials: [{ accessKeyId, secretAccessKey, ...token }],
    now: signedAt,
    region: vector.region,
    ...changes,
  };
}

function withHeader(
  request: SigV4Request,
  name: string,
  change: (value: string) => string | undefined,
): SigV4Request {
  const headers = request.headers.flatMap(([header, value]): [string, string][] => {
    if (header.toLowerCase() !== name) return [[header, value]];
    const changed = change(value);
    return changed === undefined ? [] : [[header, changed]];
  });
  return { ...request, headers };
}

function codeOf(verdict: SigV4Verdict): string {
  return verdict.ok ? 'ok' : verdict.code;
}

describe('requests that botocore signed', () => {
  test('there are enough of them', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(30);
  });

  test.each(vectors)('$name', (vector) => {
    const verdict = verifySigV4(requestOf(vector), optionsOf(vector));
    expect(verdict.canonicalRequest).toBe(vector.canonicalRequest);
    expect(codeOf(verdict)).toBe('ok');
  });

  test.each(vectors)('$name is refused with another secret', (vector) => {
    const credentials = [{ ...optionsOf(vector).credentials[0]!, secretAccessKey: 'another' }];
    const verdict = verifySigV4(requestOf(vector), optionsOf(vector, { credentials }));
    expect(verdict).toMatchObject({ ok: false, code: 'InvalidSignatureException' });
  });
});

describe('anything that changes after signing is noticed', () => {
  const signed = requestOf(first!);
  const check = (request: SigV4Request): string => codeOf(verifySigV4(request, optionsOf(first!)));

  test('any byte of the body', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (position, mask) => {
        const body = Buffer.from(signed.body);
        const at = position % body.length;
        body[at] = body.readUInt8(at) ^ mask;
        expect(check({ ...signed, body })).toBe('InvalidSignatureException');
      }),
    );
  });

  test('any character added to the path', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('a', '%3A', ':', '-', '%2F'), (position, text) => {
        const at = 1 + (position % (signed.path.length - 1));
        const path = signed.path.slice(0, at) + text + signed.path.slice(at);
        expect(check({ ...signed, path })).toBe('InvalidSignatureException');
      }),
    );
  });

  test.each([
    ['an escape decoded on the way', { ...requestOf(vectors[1]!), path: first!.path }],
    ['the method', { ...signed, method: 'PUT' }],
    ['a query', { ...signed, path: `${signed.path}?beta=true` }],
    ['the host', withHeader(signed, 'host', () => 'bedrock-runtime.us-east-1.amazonaws.com:443')],
    ['a signed header', withHeader(signed, 'content-type', () => 'text/plain')],
    ['a signed header twice', { ...signed, headers: [...signed.headers, ['content-type', 'x'] as const] }],
    ['a signed header removed', withHeader(signed, 'content-type', () => undefined)],
    [
      'a wrong body hash announced',
      { ...signed, headers: [...signed.headers, ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'] as const] },
    ],
  ])('%s', (_, request) => {
    expect(check(request)).toBe('InvalidSignatureException');
  });

  test('a missing signed header is named', () => {
    const verdict = verifySigV4(
      withHeader(signed, 'content-type', () => undefined),
      optionsOf(first!),
    );
    expect(verdict).toMatchObject({ message: 'Signed headers are not in the request: content-type.' });
  });

  test('headers that were not signed may come and go', () => {
    expect(check({ ...signed, headers: [...signed.headers, ['x-request-id', '1'] as const] })).toBe('ok');
  });

  test('names in another case and spaces around values are the same header', () => {
    const headers = signed.headers.map(([name, value]): [string, string] => [
      name.toUpperCase(),
      `  ${value} `,
    ]);
    expect(check({ ...signed, headers })).toBe('ok');
  });
});

describe('refusals in AWS words', () => {
  const signed = requestOf(first!);
  const authorization = (change: (value: string) => string | undefined): SigV4Request =>
    withHeader(signed, 'authorization', change);
  const refuse = (request: SigV4Request, changes: Partial<SigV4Options> = {}): SigV4Verdict =>
    verifySigV4(request, optionsOf(first!, changes));
  const at = (minutes: number, ms = 0): Partial<SigV4Options> => ({
    now: new Date(signedAt.getTime() + minutes * 60_000 + ms),
  });

  test.each([
    [
      'no authorization',
      authorization(() => undefined),
      {},
      'MissingAuthenticationTokenException',
      /^Missing Authentication Token$/,
    ],
    ['another scheme', authorization(() => 'Basic dXNlcg=='), {}, 'IncompleteSignatureException', /'Basic'/],
    [
      'no signature',
      authorization((value) => value.replace(/, Signature=.*/, '')),
      {},
      'IncompleteSignatureException',
      /requires 'Signature' parameter/,
    ],
    [
      'no credential',
      authorization(() => 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00'),
      {},
      'IncompleteSignatureException',
      /requires 'Credential' parameter/,
    ],
    [
      'a short scope',
      authorization((value) => value.replace('/bedrock/aws4_request', '')),
      {},
      'IncompleteSignatureException',
      /5 slash-delimited/,
    ],
    [
      'no date',
      withHeader(signed, 'x-amz-date', () => undefined),
      {},
      'IncompleteSignatureException',
      /X-Amz-Date/,
    ],
    [
      'a date in another form',
      withHeader(signed, 'x-amz-date', () => 'today'),
      {},
      'IncompleteSignatureException',
      /X-Amz-Date/,
    ],
    [
      'a scope of another day',
      authorization((value) => value.replace('/20261121/', '/20261120/')),
      {},
      'InvalidSignatureException',
      /'20261120' != '20261121'/,
    ],
    [
      'more than five minutes old',
      signed,
      at(5, 1),
      'InvalidSignatureException',
      /^Signature expired: 20261121T063000Z is now earlier than/,
    ],
    [
      'more than five minutes ahead',
      signed,
      at(-5, -1),
      'InvalidSignatureException',
      /^Signature not yet current/,
    ],
    ['another region', signed, { region: 'us-west-2' }, 'InvalidSignatureException', /valid region/],
    ['another service', signed, { service: 'sts' }, 'InvalidSignatureException', /correct service: 'sts'/],
    [
      'another terminator',
      authorization((value) => value.replace('aws4_request', 'aws5')),
      {},
      'InvalidSignatureException',
      /valid terminator/,
    ],
    [
      'host not signed',
      authorization((value) => value.replace(';host', '')),
      {},
      'InvalidSignatureException',
      /'Host' or ':authority' must be a 'SignedHeader'/,
    ],
    [
      'date not signed',
      authorization((value) => value.replace(';x-amz-date', '')),
      {},
      'InvalidSignatureException',
      /X-Amz-Date/,
    ],
    [
      'headers not sorted',
      authorization((value) => value.replace('content-type;host', 'host;content-type')),
      {},
      'InvalidSignatureException',
      /does not match/,
    ],
    [
      'an unknown key',
      signed,
      { credentials: [{ accessKeyId: 'AKIAOTHER', secretAccessKey }] },
      'UnrecognizedClientException',
      /invalid/,
    ],
    [
      'a token that is missing',
      signed,
      { credentials: [{ accessKeyId, secretAccessKey, sessionToken: 't' }] },
      'UnrecognizedClientException',
      /invalid/,
    ],
    [
      'a token that has expired',
      signed,
      { credentials: [{ accessKeyId, secretAccessKey, expiration: signedAt }] },
      'ExpiredTokenException',
      /expired/,
    ],
  ] as const)('%s', (...row) => {
    const [, request, changes, code, message] = row;
    const verdict = refuse(request, changes);
    expect(verdict).toMatchObject({ ok: false, code });
    expect(verdict.ok ? '' : verdict.message).toMatch(message);
  });

  test('a token that does not belong to the key', () => {
    const vector = vectors.find(({ sessionToken }) => sessionToken !== null)!;
    const verdict = verifySigV4(
      requestOf(vector),
      optionsOf(vector, { credentials: [{ accessKeyId, secretAccessKey }] }),
    );
    expect(codeOf(verdict)).toBe('UnrecognizedClientException');
  });

  test.each([at(5), at(-5), at(0)])('exactly five minutes of skew pass', (changes) => {
    expect(codeOf(refuse(signed, changes))).toBe('ok');
  });

  test('the right credentials are found among others of the same key', () => {
    const credentials = [
      { accessKeyId, secretAccessKey: 'old', sessionToken: 'old' },
      { accessKeyId, secretAccessKey },
    ];
    expect(codeOf(refuse(signed, { credentials }))).toBe('ok');
  });

  test('no message holds the secret', () => {
    const verdict = refuse({ ...signed, method: 'PUT' });
    expect(JSON.stringify(verdict)).not.toContain(secretAccessKey);
  });
});
