import type { BackendAuth, BackendCredentialOverride } from '@aigw/api-types';
import { createCredentialPool } from './credential-pool.ts';
import { overrideHeaders } from './credential-override.ts';
import { createAuthenticator } from './registry.ts';

const now = () => Date.parse('2026-01-02T03:04:05Z');
const file = '[default]\naws_access_key_id = AKCONFIGURED\naws_secret_access_key = s\n';
const aws = { region: 'us-east-1', credentialFileLiteral: file };

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

function override(more: Partial<BackendCredentialOverride>): BackendCredentialOverride {
  return { fallbackToConfigured: false, inputHeadersToRemove: [], ...more };
}

async function send(auth: BackendAuth, { headers = {}, metadata = {} }: Sent): Promise<unknown> {
  const pool = createCredentialPool({ now, random: () => 0, onError: () => undefined });
  const authenticator = createAuthenticator(auth, {
    backend: 'b',
    credentials: pool.lease(),
    now,
    report: () => undefined,
  });
  const origin = { headers: new Map(Object.entries(headers)), metadata };
  const host = 'bedrock-runtime.us-east-1.amazonaws.com';
  const request = { method: 'POST', path: '/model/m/converse', host, body: Buffer.from('{}'), origin };
  try {
    const { set } = await authenticator.apply(request);
    const sent = Object.fromEntries(set);
    const signer = /Credential=([^/]+)\//.exec(sent['authorization'] ?? '')?.[1];
    return signer === undefined ? sent : [signer, sent['x-amz-security-token']];
  } catch (error) {
    return error;
  }
}

const prefixed = {
  'x-aigw-aws-access-key-id': 'AKOWN',
  'x-aigw-aws-secret-access-key': 'own',
  'x-aigw-aws-session-token': 'token',
};
const struct = { accessKeyId: 'AKOWN', secretAccessKey: 'own', sessionToken: 'token' };
const fromHeaders = override({});
const fromMetadata = override({ dynamicMetadataNamespace: 'tenant' });
const credentials = { tenant: { 'x-aigw-aws-credentials': struct } };

test.each<[string, BackendAuth, Sent, unknown]>([
  [
    'headers of our name',
    { aws, credentialOverride: fromHeaders },
    { headers: prefixed },
    ['AKOWN', 'token'],
  ],
  [
    'headers of a prefix',
    { aws, credentialOverride: override({ headerName: 'x-own-' }) },
    { headers: { 'x-own-access-key-id': 'AKOWN', 'x-own-secret-access-key': 'own' } },
    ['AKOWN', undefined],
  ],
  ['metadata', { aws, credentialOverride: fromMetadata }, { metadata: credentials }, ['AKOWN', 'token']],
  [
    'metadata under a key',
    { aws, credentialOverride: { ...fromMetadata, dynamicMetadataKey: 'aws' } },
    { metadata: { tenant: { aws: struct } } },
    ['AKOWN', 'token'],
  ],
  [
    'a key in a header',
    { apiKey: { key: 'configured' }, credentialOverride: fromHeaders },
    { headers: { 'x-aigw-api-key': 'own' } },
    { authorization: 'Bearer own' },
  ],
  [
    "a key as the client's authorization",
    { apiKey: { key: 'configured' }, credentialOverride: override({ headerName: 'authorization' }) },
    { headers: { authorization: 'Bearer own' } },
    { authorization: 'Bearer own' },
  ],
  [
    'a key in metadata',
    {
      anthropicAPIKey: { key: 'configured' },
      credentialOverride: override({ dynamicMetadataNamespace: 'tenant', dynamicMetadataKey: 'key' }),
    },
    { metadata: { tenant: { key: 'own' } } },
    { 'x-api-key': 'own' },
  ],
])("a request's own credentials are used: %s", async (_name, auth, sent, expected) => {
  expect(await send(auth, sent)).toEqual(expected);
});

test.each<[string, BackendAuth, unknown]>([
  ['AWS', { aws }, ['AKCONFIGURED', undefined]],
  ['a key', { apiKey: { key: 'configured' } }, { authorization: 'Bearer configured' }],
])(
  'without any the configured ones are used where that is allowed, else 401: %s',
  async (_name, auth, want) => {
    const fallback = override({ fallbackToConfigured: true });
    expect(await send({ ...auth, credentialOverride: fallback }, {})).toEqual(want);
    for (const headers of [{}, { 'x-aigw-aws-access-key-id': ' ', 'x-aigw-api-key': '' }]) {
      const failure = await send({ ...auth, credentialOverride: fromHeaders }, { headers });
      expect(failure).toMatchObject({ code: 'missing_credential' });
    }
  },
);

test.each([
  [{ 'x-aigw-aws-access-key-id': 'AK' }, 'lack the secret access key'],
  [{ 'x-aigw-aws-secret-access-key': 'canary-1' }, 'lack the access key id'],
  [{ 'x-aigw-aws-session-token': 'canary-2' }, 'lack the access key id'],
  [
    { 'x-aigw-aws-access-key-id': 'AK', 'x-aigw-aws-session-token': 'canary-3' },
    'lack the secret access key',
  ],
])('a part of a triple is a 401, never the configured credentials: %j', async (headers, message) => {
  for (const fallbackToConfigured of [false, true]) {
    const failure = await send({ aws, credentialOverride: override({ fallbackToConfigured }) }, { headers });
    expect(failure).toMatchObject({ code: 'missing_credential', message: expect.stringContaining(message) });
    expect((failure as Error).message).not.toContain('canary');
  }
});

test.each<[string, BackendAuth, Sent]>([
  ['a backend without an override', { aws }, { headers: prefixed, metadata: credentials }],
  [
    'headers, where metadata is asked for',
    { aws, credentialOverride: { ...fromMetadata, fallbackToConfigured: true } },
    { headers: prefixed },
  ],
  [
    'metadata of another namespace',
    { aws, credentialOverride: { ...fromMetadata, fallbackToConfigured: true } },
    { metadata: { other: credentials.tenant } },
  ],
  [
    'what every object has',
    {
      aws,
      credentialOverride: {
        ...fromMetadata,
        dynamicMetadataKey: 'constructor',
        fallbackToConfigured: true,
      },
    },
    { metadata: { tenant: {} } },
  ],
])('what the operator did not allow changes nothing: %s', async (_name, auth, sent) => {
  expect(await send(auth, sent)).toEqual(['AKCONFIGURED', undefined]);
});

test('a key that no header can carry is refused and not told', async () => {
  const auth = { apiKey: { key: 'k' }, credentialOverride: fromHeaders };
  const failure = await send(auth, { headers: { 'x-aigw-api-key': 'cänary' } });
  expect(failure).toMatchObject({
    code: 'missing_credential',
    message: expect.not.stringContaining('cänary'),
  });
});

test.each<[BackendAuth, readonly string[]]>([
  [{ aws }, []],
  [{ aws, credentialOverride: fromHeaders }, Object.keys(prefixed)],
  [
    {
      apiKey: { key: '' },
      credentialOverride: override({ headerName: 'x-k', inputHeadersToRemove: ['x-l'] }),
    },
    ['x-k', 'x-l'],
  ],
  [{ aws, credentialOverride: { ...fromMetadata, inputHeadersToRemove: ['x-l'] } }, ['x-l']],
])('the headers that no backend sees: %#', (auth, names) => {
  expect(overrideHeaders(auth)).toEqual(names);
});
