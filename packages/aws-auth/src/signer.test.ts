import { readFileSync } from 'node:fs';
import type { Checksum, SourceData } from '@smithy/types';
import { Sha256 } from './sha256.ts';
import { createSigner, type SignableRequest } from './signer.ts';

interface Vector {
  readonly model: string;
  readonly path: string;
  readonly host: string;
  readonly region: string;
  readonly bodySize: number;
  readonly hasSessionToken: boolean;
  readonly date: string;
  readonly canonicalRequest: string;
  readonly authorization: string;
}

const file = JSON.parse(readFileSync(new URL('../vectors/sigv4.json', import.meta.url), 'utf8')) as {
  sessionToken: string;
  vectors: Vector[];
};
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

function parseDate(date: string): Date {
  return new Date(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function buildBody(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + 7) % 256);
}

/** A hash that keeps what it was fed with, so that the canonical request itself can be compared. */
function createRecordingHash() {
  const texts: string[] = [];
  class RecordingHash implements Checksum {
    readonly #inner: Checksum;
    constructor(secret?: SourceData) {
      this.#inner = new Sha256(secret);
    }
    update(data: Uint8Array): void {
      texts.push(Buffer.from(data).toString('utf8'));
      this.#inner.update(data);
    }
    digest(): Promise<Uint8Array> {
      return this.#inner.digest();
    }
    reset(): void {
      this.#inner.reset();
    }
  }
  return { texts, RecordingHash };
}

test('the vectors cover what they are meant to cover', () => {
  const models = new Set(file.vectors.map((vector) => vector.model));
  expect(models.size).toBeGreaterThanOrEqual(200);
  expect([...models].filter((model) => model.startsWith('arn:')).length).toBeGreaterThanOrEqual(50);
  expect(new Set(file.vectors.map((vector) => vector.bodySize))).toEqual(new Set([0, 2, 1000, 70_000]));
  expect(file.vectors.some(({ path }) => path.includes('%2F'))).toBe(true);
});

test("canonical request and signature equal botocore's, for every vector [A3]", async () => {
  for (const vector of file.vectors) {
    const { texts, RecordingHash } = createRecordingHash();
    const sessionToken = vector.hasSessionToken ? { sessionToken: file.sessionToken } : {};
    const { path, host, region } = vector;
    const headers = await createSigner(RecordingHash)(
      { method: 'POST', path, host, body: buildBody(vector.bodySize) },
      { credentials: { ...keys, ...sessionToken }, region, now: parseDate(vector.date) },
    );
    const canonical = texts.find((text) => text.startsWith('POST\n'));
    expect({ path, canonical }).toEqual({ path, canonical: vector.canonicalRequest });
    expect({ path, headers: Object.fromEntries(headers) }).toEqual({
      path,
      headers: {
        authorization: vector.authorization,
        'x-amz-date': vector.date,
        ...(vector.hasSessionToken ? { 'x-amz-security-token': file.sessionToken } : {}),
      },
    });
  }
});

const request: SignableRequest = {
  method: 'POST',
  path: '/model/m/converse',
  host: 'bedrock-runtime.us-east-1.amazonaws.com',
  body: new Uint8Array(),
};
const options = { credentials: keys, region: 'us-east-1', now: new Date('2026-01-02T03:04:05Z') };

test('a repeated query name is signed with all its values', async () => {
  const sign = createSigner();
  const one = await sign({ ...request, path: '/x?a=1' }, options);
  const two = await sign({ ...request, path: '/x?a=1&a=2' }, options);
  expect(one).not.toEqual(two);
});

test.each(['model/m', '', '/x?a=%zz'])('path %j cannot be signed', async (path) => {
  await expect(createSigner()({ ...request, path }, options)).rejects.toMatchObject({
    code: 'invalid_request',
  });
});

test.each([
  ['method', { ...request, method: 'GET' }],
  ['path', { ...request, path: '/model/m/converse-stream' }],
  ['host', { ...request, host: 'bedrock-runtime.us-east-2.amazonaws.com' }],
  ['body', { ...request, body: new Uint8Array([1]) }],
])('the signature depends on the %s', async (_part, changed) => {
  const sign = createSigner();
  expect(Object.fromEntries(await sign(changed, options))['authorization']).not.toBe(
    Object.fromEntries(await sign(request, options))['authorization'],
  );
});
