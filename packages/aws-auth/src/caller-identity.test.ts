import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fetchCallerIdentity } from './caller-identity.ts';
import { buildStsHost } from './endpoint-host.ts';

const credentials = { accessKeyId: 'AKIA1', secretAccessKey: 'canary-4d1e', sessionToken: 'canary-token' };
const now = new Date('2026-01-02T03:04:05Z');

let server: Server;
let endpoint = '';
let seen: { request: IncomingMessage; body: string } | undefined;
let answer = { status: 200, body: '' };

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      seen = { request, body };
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = () =>
  fetchCallerIdentity(credentials, {
    region: 'eu-west-1',
    endpoint,
    now,
    signal: AbortSignal.timeout(10_000),
  });

test('whose credentials they are', async () => {
  answer = {
    status: 200,
    body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
      <Arn>arn:aws:sts::123456789012:assumed-role/app/s</Arn><UserId>A:s</UserId><Account>123456789012</Account>
      </GetCallerIdentityResult></GetCallerIdentityResponse>`,
  };
  expect(await ask()).toEqual({
    accepted: true,
    account: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/app/s',
  });
  const { request, body } = seen ?? {};
  expect(body).toBe('Action=GetCallerIdentity&Version=2011-06-15');
  expect(request?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIA1\/20260102\/eu-west-1\/sts\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, /,
  );
  expect(request?.headers.host).toBe(new URL(endpoint).host);
  expect(request?.headers['x-amz-security-token']).toBe('canary-token');
});

test('the name of the error that refuses them, and not its text, which may quote the request', async () => {
  answer = {
    status: 403,
    body: '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>canary-token</Message></Error></ErrorResponse>',
  };
  expect(await ask()).toEqual({ accepted: false, status: 403, error: 'ExpiredToken' });
});

test.each([
  [200, '<html>sign in</html>'],
  [302, ''],
  [502, 'bad gateway'],
])('something else that answers %i is not STS', async (status, body) => {
  answer = { status, body };
  await expect(ask()).rejects.toThrow(`not an answer of STS (status ${status})`);
});

test.each([
  ['us-east-1', 'sts.us-east-1.amazonaws.com'],
  ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
])('the STS of %s', (region, host) => {
  expect(buildStsHost(region)).toBe(host);
});

test('a region that is none leads nowhere', () => {
  expect(() => buildStsHost('us-east-1.evil.com/#')).toThrow('is not an AWS region');
});
