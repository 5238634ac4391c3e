import { generateKeyPairSync } from 'node:crypto';
import { jsonOf, send } from '../__fixtures__/send.ts';
import type { Received } from '../__fixtures__/send.ts';
import { mockCredentials, startMockProviders } from '../mock-providers.ts';
import type { MockProviders } from '../mock-providers.ts';
import { decodeToken, signToken } from './oidc/json-web-token.ts';

const start = Date.parse('2030-01-02T03:04:05.500Z');
const roleArn = 'arn:aws:iam::123456789012:role/gateway';
const guarded = 'arn:aws:iam::123456789012:role/guarded';

let time = start;
let mock: MockProviders;
beforeAll(async () => {
  mock = await startMockProviders({
    now: () => new Date(time),
    credentialLifetimeSeconds: 6,
    tokenLifetimeSeconds: 60,
    roles: { [guarded]: { subject: 'one' } },
  });
});
afterAll(() => mock.close());
beforeEach(() => {
  time = start;
});

const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };
const get = (path: string, headers: Record<string, string> = {}): Promise<Received> =>
  send(mock.url, path, { method: 'GET', headers });

describe('web identity', () => {
  const assume = (token: string, role = roleArn): Promise<Received> =>
    send(mock.url, '/', {
      headers: formHeaders,
      body: form({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: role,
        RoleSessionName: 'me',
        WebIdentityToken: token,
      }),
    });
  const claimsOf = (token: string) => decodeToken(token)!.claims;
  const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  /** The same claims and the same key's name, signed by somebody else. */
  const forge = (token: string): string =>
    signToken(claimsOf(token), String(decodeToken(token)!.keyId), foreignKey);
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

  test('answers as STS does, in seconds of its own clock', async () => {
    const answer = await assume(mock.aws.createToken({ subject: 'one' }), guarded);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/xml']);
    const text = answer.body.toString();
    expect(text).toMatch(
      /^<AssumeRoleWithWebIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">/,
    );
    expect(text).toContain('<Expiration>2030-01-02T03:04:12Z</Expiration>');
    expect(text).toContain('<SubjectFromWebIdentityToken>one</SubjectFromWebIdentityToken>');
    expect(answer.headers['date']).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
  });

  test.each<[string, () => string, string, number]>([
    ['no token', () => '', 'InvalidIdentityToken', 400],
    ['no JWT', () => 'a.b.c', 'InvalidIdentityToken', 400],
    [
      'a token of another issuer',
      () => signToken({ iss: 'https://x' }, 'k', foreignKey),
      'InvalidIdentityToken',
      400,
    ],
    ['a forged token', () => forge(mock.aws.createToken()), 'InvalidIdentityToken', 400],
    [
      'changed claims',
      () => {
        const [head, , signature] = mock.aws.createToken().split('.');
        return `${head}.${encode({ ...claimsOf(mock.aws.createToken()), sub: 'root' })}.${signature}`;
      },
      'InvalidIdentityToken',
      400,
    ],
    [
      'no algorithm',
      () => `${encode({ alg: 'none' })}.${encode(claimsOf(mock.aws.createToken()))}.x`,
      'InvalidIdentityToken',
      400,
    ],
    [
      'an unknown key',
      () => signToken(claimsOf(mock.aws.createToken()), 'k', foreignKey),
      'InvalidIdentityToken',
      400,
    ],
    ['another audience', () => mock.aws.createToken({ audience: 'x' }), 'InvalidIdentityToken', 400],
    [
      'a token that is over',
      () => mock.aws.createToken({ lifetimeSeconds: 0 }),
      'ExpiredTokenException',
      400,
    ],
    ['another subject', () => mock.aws.createToken({ subject: 'two' }), 'AccessDenied', 403],
  ])('%s is refused', async (_, createToken, code, status) => {
    const answer = await assume(createToken(), guarded);
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).toMatch(
      new RegExp(
        `^<ErrorResponse xmlns="[^"]+">\\s*<Error>\\s*<Type>Sender</Type>\\s*<Code>${code}</Code>\\s*<Message>[^<]+</Message>`,
      ),
    );
  });

  test('text that is no XML is escaped', async () => {
    const answer = await assume(signToken({ iss: '<&>' }, 'k', foreignKey));
    expect(answer.body.toString()).toContain('for &lt;&amp;&gt;</Message>');
  });

  test('a token holds until the second that it names', async () => {
    const token = mock.aws.createToken({ lifetimeSeconds: 10 });
    const until = Number(claimsOf(token)['exp']) * 1000;
    time = until - 1;
    expect((await assume(token)).status).toBe(200);
    time = until;
    expect((await assume(token)).status).toBe(400);
  });
});

test.each([
  ['no action', {}, 'MissingAuthenticationToken', 403],
  ['an unknown action', { Action: 'GetSessionToken', Version: '2011-06-15' }, 'InvalidAction', 400],
  ['another version', { Action: 'AssumeRole', Version: '2010-01-01' }, 'InvalidAction', 400],
  ['no signature', { Action: 'AssumeRole', Version: '2011-06-15' }, 'MissingAuthenticationToken', 403],
])('STS refuses %s', async (_, fields, code, status) => {
  const answer = await send(mock.url, '/', { headers: formHeaders, body: form(fields) });
  expect(answer.status).toBe(status);
  expect(answer.body.toString()).toContain(`<Code>${code}</Code>`);
});

describe('the OIDC issuer', () => {
  const { id, secret } = mockCredentials.oidcClient;
  const grant = { grant_type: 'client_credentials' };
  const basic = (user: string, password: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from([user, password].map(encodeURIComponent).join(':')).toString('base64')}`,
  });
  const ask = (fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Received> =>
    send(mock.url, '/oidc/token', { headers: { ...formHeaders, ...headers }, body: form(fields) });

  test('its document leads to its endpoints, and its key is the one it signs with', async () => {
    const document = jsonOf(await get('/oidc/.well-known/openid-configuration')) as Record<string, string>;
    expect(document['issuer']).toBe(mock.aws.issuer);
    expect(document['token_endpoint']).toBe(`${mock.url}/oidc/token`);
    const { keys } = jsonOf(await get(new URL(document['jwks_uri']!).pathname)) as { keys: object[] };
    expect(keys).toEqual([expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig' })]);
    expect(keys[0]).not.toHaveProperty('d');
    expect(keys[0]).toHaveProperty('kid', decodeToken(mock.aws.createToken())!.keyId);
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['in the form', { client_id: id, client_secret: secret }, {}],
    ['by HTTP Basic', {}, basic(id, secret)],
  ])('a client that identifies itself %s gets a token', async (_, fields, headers) => {
    const answer = await ask({ ...grant, scope: 's', ...fields }, headers);
    const body = jsonOf(answer) as { access_token: string };
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 60, scope: 's' });
    const { claims } = decodeToken(body.access_token)!;
    expect(claims).toMatchObject({ iss: mock.aws.issuer, sub: id, aud: 'sts.amazonaws.com' });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(60);
  });

  test('a token is for the audience that was asked for', async () => {
    const answer = await ask({ ...grant, audience: 'x' }, basic(id, secret));
    expect(decodeToken((jsonOf(answer) as { access_token: string }).access_token)!.claims['aud']).toBe('x');
  });

  test.each<[string, { fields?: Record<string, string>; headers?: Record<string, string> }, string]>([
    ['no client', { headers: {} }, '401 invalid_client'],
    ['a wrong secret', { headers: basic(id, 'x') }, '401 invalid_client'],
    ['another client', { headers: basic('x', secret) }, '401 invalid_client'],
    ['no grant', { fields: {} }, '400 invalid_request'],
    ['another grant', { fields: { grant_type: 'password' } }, '400 unsupported_grant_type'],
    [
      'another content type',
      { headers: { ...basic(id, secret), 'content-type': 'application/json' } },
      '400 invalid_request',
    ],
  ])('%s is refused', async (_, { fields = grant, headers = basic(id, secret) }, expected) => {
    const answer = await ask(fields, headers);
    expect(`${answer.status} ${(jsonOf(answer) as { error: string }).error}`).toBe(expected);
  });

  test('has nothing else', async () => {
    expect((await get('/oidc/userinfo')).status).toBe(404);
  });
});

describe('the Pod Identity agent', () => {
  const ask = (token: string): Promise<Received> =>
    get('/v1/credentials', token === '' ? {} : { authorization: token });

  test('gives credentials for a token of its audience', async () => {
    const answer = await ask(mock.aws.createPodToken());
    expect(jsonOf(answer)).toEqual({
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SecretAccessKey: expect.any(String),
      Token: expect.any(String),
      AccountId: '123456789012',
      Expiration: '2030-01-02T03:04:12Z',
    });
  });

  test.each<[string, () => string, RegExp]>([
    ['no token', () => '', /cannot be empty/],
    ['a token for STS', () => mock.aws.createToken(), /audience/],
    ['a token that is over', () => mock.aws.createPodToken({ lifetimeSeconds: 0 }), /ExpiredTokenException/],
    ['no JWT', () => 'x', /InvalidTokenException/],
  ])('%s is refused', async (_, createToken, message) => {
    const answer = await ask(createToken());
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'text/plain']);
    expect(answer.body.toString()).toMatch(message);
  });
});

test.each(['/v2/credentials', '/v2/credentials/', '/v2/credentials/a/b'])('ECS refuses %s', async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(400);
  expect(jsonOf(answer)).toMatchObject({ code: 'NoIdInRequest', HTTPErrorCode: 400 });
});

describe('the instance metadata service', () => {
  const path = '/latest/meta-data/iam/security-credentials/';
  const put = (headers: Record<string, string>): Promise<Received> =>
    send(mock.url, '/latest/api/token', { method: 'PUT', headers });
  const ttl = (seconds: string): Record<string, string> => ({
    'x-aws-ec2-metadata-token-ttl-seconds': seconds,
  });
  const withToken = async (seconds = '10'): Promise<Record<string, string>> => ({
    'x-aws-ec2-metadata-token': (await put(ttl(seconds))).body.toString(),
  });

  test('says its role, then the credentials of the role', async () => {
    const headers = await withToken();
    const role = (await get(path, headers)).body.toString();
    expect(jsonOf(await get(path + role, headers))).toMatchObject({
      Code: 'Success',
      Type: 'AWS-HMAC',
      LastUpdated: '2030-01-02T03:04:05Z',
      Expiration: '2030-01-02T03:04:12Z',
    });
  });

  test.each<[string, Record<string, string>, number]>([
    ['no lifetime', {}, 400],
    ['too long a lifetime', ttl('21601'), 400],
    ['no number', ttl('x'), 400],
    ['a request that was forwarded', { ...ttl('10'), 'x-forwarded-for': '10.0.0.1' }, 403],
  ])('gives no token for %s', async (_, headers, status) => {
    expect((await put(headers)).status).toBe(status);
  });

  test('answers nothing without a token that holds', async () => {
    const headers = await withToken('10');
    expect((await get(path)).status).toBe(401);
    expect((await get(path, { 'x-aws-ec2-metadata-token': 'x' })).status).toBe(401);
    time += 9999;
    expect((await get(path, headers)).status).toBe(200);
    time += 1;
    expect((await get(path, headers)).status).toBe(401);
  });

  test('has no other roles, and takes no other methods', async () => {
    const headers = await withToken();
    expect((await get(`${path}other`, headers)).status).toBe(404);
    expect((await send(mock.url, path, { headers })).status).toBe(405);
    expect((await get('/latest/api/token', headers)).status).toBe(405);
  });
});

test('a service that hangs answers nothing until its caller leaves, and the others go on', async () => {
  mock.aws.setFault('ecs', 'hang');
  const hanging = fetch(`${mock.url}/v2/credentials/x`, { signal: AbortSignal.timeout(100) });
  await expect(hanging).rejects.toThrow();
  mock.aws.setFault('ecs', undefined);
  expect((await get('/v2/credentials/x')).status).toBe(200);
  mock.aws.setFault('ecs', 'reset');
  expect((await get('/v2/credentials/x')).error).toBe('ECONNRESET');
  mock.aws.setFault('ecs', undefined);
});

test('no more than a thousand credentials are kept', async () => {
  for (let round = 0; round < 1001; round += 1) await get('/v2/credentials/x');
  expect(mock.aws.issued()).toHaveLength(1000);
});
