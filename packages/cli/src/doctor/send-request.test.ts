import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { Endpoint, EndpointTls } from '@aigw/planner';

import { serverTestTls } from './__fixtures__/server-test-tls.ts';
import { describeNetworkFailure } from './network-trouble.ts';
import { sendRequest } from './send-request.ts';

let plain: Server;
let secure: Server;
beforeAll(async () => {
  plain = createServer((request, response) => {
    if (request.url === '/large') response.end(Buffer.alloc(1024 * 1024, 'x'));
    else if (request.url === '/cut') request.socket.destroy();
    else response.end(JSON.stringify({ host: request.headers.host, key: request.headers['x-key'] }));
  });
  secure = createTlsServer(serverTestTls, (_request, response) => response.end('secure'));
  await Promise.all(
    [plain, secure].map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
  );
});
afterAll(() => Promise.all([plain, secure].map((server) => new Promise((resolve) => server.close(resolve)))));

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const endpointOf = (port: number, tls?: EndpointTls): Endpoint => ({
  address: { kind: 'ip', address: '127.0.0.1', port },
  host: 'provider.test',
  ...(tls && { tls }),
});
const tlsOf = (tls: Partial<EndpointTls> = {}): EndpointTls => ({
  sni: 'server.test',
  names: [{ type: 'DNS', value: 'server.test' }],
  trust: { kind: 'pem', pem: serverTestTls.cert },
  ...tls,
});
const send = (endpoint: Endpoint, path = '/') =>
  sendRequest(
    endpoint,
    { method: 'GET', path, headers: [['x-key', 'k']] },
    { systemCa: '', signal: AbortSignal.timeout(20_000), now: Date.now },
  );
const failureOf = async (endpoint: Endpoint, path?: string) =>
  send(endpoint, path).then(
    () => 'no failure',
    (thrown: unknown) => describeNetworkFailure(thrown, 'WHERE'),
  );

test('the host is the provider’s, whatever is connected to, and the clock is compared', async () => {
  const answer = await send(endpointOf(portOf(plain)));
  expect(JSON.parse(answer.body)).toEqual({ host: 'provider.test', key: 'k' });
  expect(Math.abs(answer.clockSkewMs ?? Infinity)).toBeLessThan(5_000);
});

test('a long answer is not read to its end', async () => {
  expect((await send(endpointOf(portOf(plain)), '/large')).body).toHaveLength(64 * 1024);
});

test.each([
  ['its name', tlsOf()],
  [
    'its URI',
    tlsOf({
      names: [
        { type: 'DNS', value: 'no.test' },
        { type: 'URI', value: 'spiffe://server.test/a' },
      ],
    }),
  ],
  ['no check', tlsOf({ trust: { kind: 'none' }, names: [] })],
])('TLS with %s', async (_name, tls) => {
  expect((await send(endpointOf(portOf(secure), tls))).body).toBe('secure');
});

test.each([
  ['another name', tlsOf({ names: [{ type: 'DNS', value: 'no.test' }] }), /for another name/],
  ['another URI', tlsOf({ names: [{ type: 'URI', value: 'spiffe://server.test' }] }), /not for spiffe/],
  [
    'an authority that is not trusted',
    tlsOf({ trust: { kind: 'system' } }),
    /not signed by anybody who is trusted/,
  ],
])('TLS for %s is refused', async (_name, tls, message) => {
  expect(await failureOf(endpointOf(portOf(secure), tls))).toMatchObject({
    message: expect.stringMatching(message),
    fix: expect.stringMatching(/\w/),
  });
});

test('servers that are not there, or are something else', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const port = portOf(closed);
  await new Promise((resolve) => closed.close(resolve));
  expect(await failureOf(endpointOf(port))).toMatchObject({ message: 'nothing listens on WHERE' });
  expect(await failureOf(endpointOf(portOf(plain)), '/cut')).toMatchObject({
    message: 'WHERE cuts the connection',
  });
  expect(await failureOf(endpointOf(portOf(plain), tlsOf()))).toMatchObject({
    message: 'WHERE does not speak TLS',
  });
  expect(
    await failureOf({ ...endpointOf(1), address: { kind: 'unix', path: '/no/such/socket' } }),
  ).toMatchObject({
    message: 'there is no socket WHERE',
  });
  const unknown = { kind: 'dns', address: 'no-such-host.invalid', port: 80 } as const;
  expect(await failureOf({ ...endpointOf(1), address: unknown })).toMatchObject({
    message: 'the name WHERE cannot be resolved',
  });
});

test('an error that nobody has met before keeps its first line', () => {
  expect(describeNetworkFailure(new Error('odd\nmore'), 'w')).toMatchObject({ message: 'w: odd' });
});
