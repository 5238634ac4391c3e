import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createExchangeCredentials, redact } from './exchange-credentials.ts';

const secret = 'canary-4f1d';
const roleArn = 'arn:aws:iam::123456789012:role/r';
const before = { ...process.env };

let services: Server;
let url = '';
let sts = { status: 200, body: '' };
let token: object = {};

beforeAll(async () => {
  services = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url === '/token') response.end(JSON.stringify(token));
      else response.writeHead(sts.status, { 'content-type': 'text/xml' }).end(sts.body);
    });
  });
  await new Promise<void>((resolve) => services.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(services.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => services.close(resolve)));
beforeEach(() => {
  process.env['AWS_ENDPOINT_URL_STS'] = url;
  token = { access_token: 'eyJhbGciOiJ.eyJzdWIiOiJ.c2ln' };
});
afterEach(() => {
  process.env = { ...before };
});

const exchange = () =>
  createExchangeCredentials()({
    region: 'us-east-1',
    exchange: {
      roleArn,
      oidc: { issuer: url, tokenEndpoint: `${url}/token`, clientId: 'c', clientSecret: secret },
    },
  });

const answer = (credentials: string): string =>
  `<R xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey>${credentials}</Credentials></AssumeRoleWithWebIdentityResult></R>`;

test('gives what STS gives', async () => {
  sts = {
    status: 200,
    body: answer('<SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>'),
  };
  expect(await exchange()).toEqual({
    accessKeyId: 'ASIA1',
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: new Date('2100-01-01T00:00:00Z'),
  });
});

test('credentials without an end are none that could be rotated', async () => {
  sts = { status: 200, body: answer('<SessionToken>t</SessionToken>') };
  await expect(exchange()).rejects.toThrow(/not temporary|no AWS credentials/);
});

test('what STS says is told, without the token and the secret that it may quote', async () => {
  const quoted = `not for ${secret}, nor eyJhbGciOiJ.eyJzdWIiOiJ.c2ln`;
  sts = {
    status: 400,
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>${quoted}</Message></Error></ErrorResponse>`,
  };
  await expect(exchange()).rejects.toThrow(/InvalidIdentityToken.*: not for \[secret\], nor \[token\]/);
});

test("the issuer's word is told", async () => {
  token = { error: 'invalid_client' };
  await expect(exchange()).rejects.toThrow(/^no token of the OIDC issuer: 127\.0\.0\.1:\d+ answered/);
});

test.each([
  ['no secret in it', 'no secret in it', ''],
  ['eyJub', 'eyJub', 'x'],
])('%j stays as it is', (text, want, canary) => {
  expect(redact(text, canary)).toBe(want);
});
