import type { IncomingMessage, ServerResponse } from 'node:http';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureServer, type SecureServer } from '../secure-server/secure-server.ts';
import { issueCertificate, type IssuedCertificate } from '../webhook/certificates/issue-certificate.ts';
import { createFilterConfigHandler } from './filter-config-handler.ts';
import type { ProxyIdentity, PublishedConfig, PublishedConfigs } from './published-configs.ts';

const hour = 3_600_000;
const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];

let server: SecureServer;
let certificate: IssuedCertificate;
let port: number;
let isReady: boolean;
let current: PublishedConfig | undefined;
let waiting: Set<() => void>;
let responses: ServerResponse[];

const configs: PublishedConfigs = {
  find: () => current,
  changed: (_proxy, signal) =>
    new Promise((resolve) => {
      waiting.add(resolve);
      signal.addEventListener('abort', () => {
        waiting.delete(resolve);
        resolve();
      });
    }),
  note: () => undefined,
};

const publish = (checksum: string, revision: number, text = `text of ${checksum}`): void => {
  current = { checksum, revision, bytes: Buffer.from(text) };
  for (const tell of [...waiting]) tell();
};

function identify(token: string): Promise<ProxyIdentity | undefined> {
  if (token === 'broken') return Promise.reject(new Error('down'));
  return Promise.resolve(token === 'good' ? { namespace: 'system', gateway: 'default/gw' } : undefined);
}

beforeEach(async () => {
  isReady = true;
  current = undefined;
  waiting = new Set();
  certificate = issueCertificate(['localhost'], {
    notBefore: new Date(Date.now() - hour),
    notAfter: new Date(Date.now() + hour),
  });
  responses = [];
  const handler = createFilterConfigHandler({ configs, identify, isReady: () => isReady });
  server = createSecureServer(certificate, {
    '/filter-config': (request, response, stopping) => {
      responses.push(response);
      return handler(request, response, stopping);
    },
  });
  port = await server.listen(0, '127.0.0.1');
});

afterEach(async () => {
  await server.stop();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const settings = (): object => ({
  host: '127.0.0.1',
  port,
  servername: 'localhost',
  ca: certificate.authority,
  agent: false,
});

function ask(headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { authorization: 'Bearer good', ...headers };
    request({ ...settings(), method, path: '/filter-config', headers: all }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    })
      .once('error', reject)
      .end();
  });
}

/** Until a request waits. */
async function untilWaiting(): Promise<void> {
  while (waiting.size === 0) await new Promise((resolve) => setImmediate(resolve));
}

test('who has nothing gets the configuration at once', async () => {
  publish(a, 5);
  expect(await ask()).toMatchObject({
    status: 200,
    headers: { etag: `"${a}"`, 'aigw-config-revision': '5', 'cache-control': 'no-store' },
    body: `text of ${a}`,
  });
});

test('who has it is told when there is another', async () => {
  publish(a, 5);
  const answer = ask({ 'if-none-match': `"${a}"`, prefer: 'wait=50', 'aigw-config-revision': '5' });
  await untilWaiting();
  publish(b, 6);
  expect(await answer).toMatchObject({ status: 200, headers: { etag: `"${b}"` } });
});

test('when the time is over there is no news, and nobody waits any more', async () => {
  publish(a, 5);
  expect(await ask({ 'if-none-match': `"${a}"` })).toMatchObject({ status: 304, body: '' });
  expect(waiting.size).toBe(0);
});

test('what was refused is not sent again', async () => {
  publish(b, 6);
  const answer = ask({ 'if-none-match': `"${a}", "${b}"`, prefer: 'wait=50', 'aigw-config-revision': '5' });
  await untilWaiting();
  publish(c, 7);
  expect(await answer).toMatchObject({ status: 200, headers: { etag: `"${c}"` } });
});

test('a replica that is behind waits until it is not', async () => {
  publish(a, 5);
  const answer = ask({ 'if-none-match': `"${b}"`, prefer: 'wait=50', 'aigw-config-revision': '6' });
  await untilWaiting();
  publish(c, 7);
  expect(await answer).toMatchObject({ status: 200, headers: { etag: `"${c}"` } });
});

test('one that stays behind says what it has when the time is over', async () => {
  publish(a, 5);
  expect(await ask({ 'if-none-match': `"${b}"`, 'aigw-config-revision': '6' })).toMatchObject({
    status: 200,
    headers: { 'aigw-config-revision': '5' },
  });
});

test.each([
  ['without a token', { authorization: '' }, 'GET', 401],
  ['with another scheme', { authorization: 'Basic good' }, 'GET', 401],
  ['with a token of nobody', { authorization: 'Bearer bad' }, 'GET', 403],
  ['while tokens cannot be looked at', { authorization: 'Bearer broken' }, 'GET', 503],
  ['by another method', {}, 'POST', 405],
])('%s it is refused', async (_what, headers, method, status) => {
  publish(a, 5);
  const answer = await ask(headers, method);
  expect(answer.status).toBe(status);
  expect(answer.body).not.toContain('text of');
});

test('a Gateway without a configuration has none, unless the cluster has not been seen yet', async () => {
  expect((await ask()).status).toBe(404);
  isReady = false;
  expect((await ask()).status).toBe(503);
});

test('a server that ends lets go who waits, and its connection', async () => {
  publish(a, 5);
  const answer = ask({ 'if-none-match': `"${a}"`, prefer: 'wait=50' });
  await untilWaiting();
  await server.stop();
  expect(await answer).toMatchObject({ status: 304, headers: { connection: 'close' } });
});

test('who hangs up waits no more', async () => {
  publish(a, 5);
  const headers = { authorization: 'Bearer good', 'if-none-match': `"${a}"`, prefer: 'wait=50' };
  const sent = request({ ...settings(), path: '/filter-config', headers });
  sent.on('error', () => undefined).end();
  await untilWaiting();
  sent.destroy();
  while (waiting.size > 0) await new Promise((resolve) => setImmediate(resolve));
});

/** Asks, and reads nothing. */
function askWithoutReading(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { ...settings(), path: '/filter-config', headers: { authorization: 'Bearer good' } },
      resolve,
    );
    sent.once('error', reject).end();
  });
}

test('who does not read has little written for it, and of many only some are written to at a time', async () => {
  const large = 'x'.repeat(8 * 1024 * 1024);
  publish(a, 5, large);
  const slow = await Promise.all(Array.from({ length: 16 }, askWithoutReading));
  let isAnswered = false;
  const late = ask().then((answer) => {
    isAnswered = true;
    return answer;
  });
  await sleep(100);
  expect(isAnswered).toBe(false);
  expect(Math.max(...responses.map((response) => response.writableLength))).toBeLessThan(1024 * 1024);
  slow[0]?.destroy();
  expect((await late).body).toHaveLength(large.length);
  for (const response of slow) response.destroy();
});
