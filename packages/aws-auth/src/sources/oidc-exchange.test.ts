import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { createOidcExchangeSource } from './oidc-exchange.ts';

const roleArn = 'arn:aws:iam::123456789012:role/gateway';
const secret = 'canary/51c+e&=';

let server: Server;
let url = '';
let calls: { path: string; authorization: string | undefined; form: Record<string, string> }[] = [];
let answers: Record<string, { status: number; body: string }> = {};
const before = { ...process.env };

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const stsAnswer = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>
  <AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
  <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    void readText(request).then((text) => {
      const { authorization } = request.headers;
      calls.push({ path, authorization, form: Object.fromEntries(new URLSearchParams(text)) });
      const { status, body } = answers[path] ?? { status: 404, body: '{}' };
      response
        .writeHead(status, { 'content-type': path === '/' ? 'text/xml' : 'application/json' })
        .end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  calls = [];
  process.env['AWS_ENDPOINT_URL_STS'] = url;
  answers = {
    '/.well-known/openid-configuration': json({ token_endpoint: `${url}/token` }),
    '/token': json({ access_token: 'jwt-1' }),
    '/': { status: 200, body: stsAnswer },
  };
});
afterEach(() => {
  process.env = { ...before };
});

const json = (value: object, status = 200) => ({ status, body: JSON.stringify(value) });
const create = (more: object = {}) =>
  createOidcExchangeSource({
    roleArn,
    region: 'us-west-2',
    client: { issuer: `${url}/`, clientId: 'gateway', clientSecret: secret, ...more },
  });

test("the issuer's token is exchanged for credentials of the role", async () => {
  const credentials = await create({ scopes: ['openid', 'aws'], audience: 'sts.amazonaws.com' })();
  expect(credentials).toEqual({
    accessKeyId: 'ASIA1',
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: new Date('2100-01-01T00:00:00Z'),
  });
  const [, token, sts] = calls;
  expect(token?.form).toEqual({
    grant_type: 'client_credentials',
    scope: 'openid aws',
    audience: 'sts.amazonaws.com',
  });
  const basic = Buffer.from('gateway:canary%2F51c%2Be%26%3D').toString('base64');
  expect(token?.authorization).toBe(`Basic ${basic}`);
  expect(sts?.form).toMatchObject({
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: roleArn,
    RoleSessionName: 'ai-gateway',
    WebIdentityToken: 'jwt-1',
  });
});

test('every fetch asks for a new token', async () => {
  const source = create();
  await source();
  answers['/token'] = json({ access_token: 'jwt-2' });
  await source();
  const tokens = calls.flatMap(({ form }) => form['WebIdentityToken'] ?? []);
  expect(tokens).toEqual(['jwt-1', 'jwt-2']);
});

test('an issuer without HTTP Basic gets the secret in the form', async () => {
  answers['/.well-known/openid-configuration'] = json({
    token_endpoint: `${url}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  });
  await create()();
  expect(calls[1]).toMatchObject({
    authorization: undefined,
    form: { client_id: 'gateway', client_secret: secret },
  });
});

test('a token endpoint that is configured spares the discovery', async () => {
  await create({ tokenEndpoint: `${url}/token` })();
  expect(calls.map(({ path }) => path)).toEqual(['/token', '/']);
});

test.each([
  [
    'a wrong secret',
    '/token',
    json({ error: 'invalid_client', error_description: secret }, 401),
    'invalid_client',
  ],
  ['no token', '/token', json({}), 'without an access_token'],
  ['no JSON', '/token', { status: 200, body: '<html>' }, 'status 200'],
  ['no discovery', '/.well-known/openid-configuration', json({}, 500), 'status 500'],
  ['no endpoint', '/.well-known/openid-configuration', json({ issuer: 'x' }), 'names no token_endpoint'],
])('%s is told without secrets, and STS is not asked', async (_name, path, answer, words) => {
  answers[path] = answer;
  const failure: unknown = await create()().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'credentials_unavailable',
    message: expect.stringContaining(words) as string,
  });
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('canary');
  expect(calls.map((call) => call.path)).not.toContain('/');
});

test('an issuer that is not there is named', async () => {
  await expect(create({ issuer: 'http://127.0.0.1:1' })()).rejects.toMatchObject({
    message: 'no token of the OIDC issuer: 127.0.0.1:1 cannot be asked: bad port',
  });
  const gone = 'http://nowhere.invalid/token';
  await expect(create({ tokenEndpoint: gone })()).rejects.toMatchObject({
    message: expect.stringMatching(/: nowhere\.invalid cannot be asked: E[A-Z_]+$/) as string,
  });
});

test('a redirect is not followed: the secret is for the issuer alone', async () => {
  answers['/token'] = { status: 307, body: '' };
  await expect(create()()).rejects.toMatchObject({ code: 'credentials_unavailable' });
});
