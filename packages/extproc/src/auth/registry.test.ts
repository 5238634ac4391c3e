import type { BackendAuth } from '@aigw/api-types';
import type { BackendAuthenticator } from './backend-auth.ts';
import { createCredentialPool } from './credential-pool.ts';
import { createAuthenticator } from './registry.ts';

const canary = 'canary-a9c3';
const now = () => Date.parse('2026-01-02T03:04:05Z');
const file = `[default]\naws_access_key_id = AKIA1\naws_secret_access_key = ${canary}\n[t]\naws_access_key_id = ASIA2\naws_secret_access_key = s\naws_session_token = tok\n`;
const host = 'bedrock-runtime.us-east-1.amazonaws.com';
const request = { method: 'POST', path: '/model/m/converse', host, body: Buffer.from('{}') };

function create(auth: BackendAuth | undefined, configuredHost?: string, clock = now) {
  const reports: string[] = [];
  const pool = createCredentialPool({
    now: clock,
    random: () => 0,
    onError: (error) => reports.push(error.message),
  });
  const credentials = pool.lease();
  const authenticator = createAuthenticator(auth, {
    backend: 'b',
    host: configuredHost,
    credentials,
    now: clock,
    report: (message) => reports.push(message),
  });
  return { authenticator, reports };
}

async function headersOf(authenticator: BackendAuthenticator, changes = {}): Promise<Record<string, string>> {
  const { set, remove } = await authenticator.apply({ ...request, ...changes });
  expect(remove).toEqual([]);
  return Object.fromEntries(set);
}

async function failureOf(authenticator: BackendAuthenticator, changes = {}): Promise<unknown> {
  return (async () => authenticator.apply({ ...request, ...changes }))().then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

test.each([
  ['no auth', undefined, {}],
  ['apiKey', { apiKey: { key: 'k1' } }, { authorization: 'Bearer k1' }],
  ['a key with a line end', { apiKey: { key: 'k1\n' } }, { authorization: 'Bearer k1' }],
  ['anthropicAPIKey', { anthropicAPIKey: { key: 'k2' } }, { 'x-api-key': 'k2' }],
  ['two kinds', { anthropicAPIKey: { key: 'k2' }, apiKey: { key: 'k1' } }, { authorization: 'Bearer k1' }],
])('%s', async (_name, auth, expected) => {
  expect(await headersOf(create(auth).authenticator)).toEqual(expected);
});

test.each([
  ['no kind', {}],
  ['an empty key', { apiKey: { key: ' \n' } }],
  ['a key with a line inside', { apiKey: { key: `a\r\nx-evil: 1${canary}` } }],
  ['a key that is no ASCII', { anthropicAPIKey: { key: `ключ${canary}` } }],
])('%s refuses every request with 401, and says no secret', async (_name, auth) => {
  const failure = await failureOf(create(auth).authenticator);
  expect(failure).toMatchObject({ code: 'missing_credential' });
  expect((failure as Error).message).not.toContain(canary);
});

describe('AWS', () => {
  test('static keys sign for the host that is sent, in its region', async () => {
    const { authenticator } = create({ aws: { region: 'eu-west-1', credentialFileLiteral: file } });
    const headers = await headersOf(authenticator);
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'x-amz-date']);
    expect(headers['authorization']).toContain(
      'Credential=AKIA1/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, ',
    );
    expect(headers['x-amz-date']).toBe('20260102T030405Z');
  });

  test('every attempt is signed anew, at its own time [A122]', async () => {
    let time = now();
    const auth = { aws: { region: 'us-east-1', credentialFileLiteral: file } };
    const { authenticator } = create(auth, undefined, () => time);
    const first = await headersOf(authenticator);
    time += 61_000;
    const second = await headersOf(authenticator);
    expect([first['x-amz-date'], second['x-amz-date']]).toEqual(['20260102T030405Z', '20260102T030506Z']);
    expect(second['authorization']).not.toBe(first['authorization']);
  });

  test('the profile is honoured, and a session token is sent and signed', async () => {
    const { authenticator } = create({
      aws: { region: 'us-east-1', credentialFileLiteral: file, profile: 't' },
    });
    const headers = await headersOf(authenticator, { host: 'bedrock.corp.example' });
    expect(headers['authorization']).toContain('Credential=ASIA2/');
    expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,');
    expect(headers['x-amz-security-token']).toBe('tok');
  });

  test('without any region the ARN in the path says it, else the request is refused', async () => {
    const { authenticator } = create({ aws: { credentialFileLiteral: file } });
    const path = `/model/${encodeURIComponent('arn:aws:bedrock:eu-west-3:1:inference-profile/x')}/converse`;
    const headers = await headersOf(authenticator, { host: '127.0.0.1:9', path });
    expect(headers['authorization']).toContain('/eu-west-3/bedrock/');
    expect(await failureOf(authenticator, { host: '127.0.0.1:9' })).toMatchObject({
      code: 'credentials_unavailable',
      message: expect.stringContaining('set `region` in the policy'),
    });
  });

  test('only the configured host is signed for', async () => {
    const { authenticator, reports } = create({ aws: { credentialFileLiteral: file } }, host);
    expect(await headersOf(authenticator, { host: host.toUpperCase() })).toHaveProperty('authorization');
    const failure = await failureOf(authenticator, { host: 'evil.example' });
    expect(failure).toMatchObject({ name: 'AuthError', message: expect.stringContaining('another host') });
    expect(reports).toEqual([expect.stringContaining('another host')]);
  });

  test.each([
    [host, undefined, 'us-east-1'],
    [undefined, 'eu-west-1', 'eu-west-1'],
  ])(
    'a request that names no host is signed for the configured or the public one (%s, %s)',
    async (own, region, expected) => {
      const { authenticator } = create(
        { aws: { credentialFileLiteral: file, ...(region === undefined ? {} : { region }) } },
        own,
      );
      const named = await headersOf(authenticator, { host: `bedrock-runtime.${expected}.amazonaws.com` });
      expect(await headersOf(authenticator, { host: '' })).toEqual(named);
    },
  );

  test.each(['us-east-1.evil.com/#', 'US', '../x'])(
    'region %j is refused at load, and so is every request',
    async (region) => {
      const { authenticator, reports } = create({ aws: { region, credentialFileLiteral: file } });
      expect(reports).toEqual([expect.stringContaining('is not an AWS region')]);
      expect(await failureOf(authenticator)).toMatchObject({ code: 'missing_credential' });
    },
  );

  test('a role without any region for STS is refused at load', async () => {
    const { authenticator, reports } = create({ aws: { roleArn: 'arn:aws:iam::1:role/r' } });
    expect(reports).toEqual(['assuming a role needs `region` in the policy']);
    expect(await failureOf(authenticator)).toMatchObject({ code: 'missing_credential' });
  });

  test('a broken file is a 503 for the client without details, and a report with them', async () => {
    const { authenticator, reports } = create({
      aws: { region: 'us-east-1', credentialFileLiteral: `[default]\naws_secret_access_key=${canary}` },
    });
    expect(await failureOf(authenticator)).toMatchObject({
      code: 'credentials_unavailable',
      message: 'the gateway has no AWS credentials for this backend at the moment',
    });
    expect(reports[0]).toContain('has no aws_access_key_id in [default]');
    expect(reports.join()).not.toContain(canary);
  });
});

describe('the pool', () => {
  const setUp = () => createCredentialPool({ now, random: () => 0, onError: () => undefined });
  const aws = { region: 'us-east-1', credentialFileLiteral: file };

  test('one provider serves all backends of a policy, whatever the order of its fields', () => {
    const lease = setUp().lease();
    const same = { credentialFileLiteral: file, region: 'us-east-1' };
    expect(lease.get(aws, 'a')).toBe(lease.get(same, 'b'));
    expect(lease.get({ ...aws, profile: 't' }, 'c')).not.toBe(lease.get(aws, 'a'));
  });

  test('a reload keeps what is unchanged and forgets what is gone', () => {
    const pool = setUp();
    const first = pool.lease();
    const kept = first.get(aws, 'a');
    const gone = first.get({ ...aws, profile: 't' }, 'b');
    first.commit();
    const second = pool.lease();
    expect(second.get(aws, 'a')).toBe(kept);
    second.commit();
    expect(pool.lease().get({ ...aws, profile: 't' }, 'b')).not.toBe(gone);
  });

  test('a configuration that is refused leaves the pool as it was', () => {
    const pool = setUp();
    const first = pool.lease();
    const kept = first.get(aws, 'a');
    first.commit();
    pool.lease().get({ ...aws, profile: 't' }, 'b');
    expect(pool.lease().get(aws, 'a')).toBe(kept);
  });

  test('credentials are fetched when the configuration takes force, and a failure names the policy and its backends', async () => {
    const failures = new Promise((resolve) => {
      const pool = createCredentialPool({
        now,
        random: () => 0,
        onError: (_error, failed) => resolve(failed),
      });
      const lease = pool.lease();
      lease.get({ credentialFileLiteral: 'empty' }, 'a');
      lease.get({ credentialFileLiteral: 'empty' }, 'b');
      lease.commit();
    });
    expect(await failures).toEqual({ policy: 'credentials file, profile default', backends: ['a', 'b'] });
  });
});
