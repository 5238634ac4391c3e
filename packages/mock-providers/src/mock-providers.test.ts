import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { send } from './__fixtures__/send.ts';
import { startMockProviders } from './mock-providers.ts';
import type { MockProviders } from './mock-providers.ts';

const claude = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const converseBody = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hi.' }] }] });

let mock: MockProviders;
beforeAll(async () => {
  mock = await startMockProviders();
});
afterAll(() => mock.close());
beforeEach(() => mock.clear());

describe('the journal', () => {
  test('holds requests as they came, newest last', async () => {
    const path = `/model/${claude}/converse?x=%2F`;
    await send(mock.url, path, { body: 'one', headers: { 'X-Mixed-Case': 'Yes' } });
    await send(mock.url, '/elsewhere', { body: 'two' });
    await send(mock.url, '/health', { method: 'GET' });
    const [first, second, third] = mock.requests();
    expect(first).toMatchObject({
      method: 'POST',
      path,
      provider: 'bedrock',
      status: 403,
      body: Buffer.from('one'),
    });
    expect(first?.headers).toContainEqual(['X-Mixed-Case', 'Yes']);
    expect(second).toMatchObject({ provider: 'unknown', status: 404 });
    expect(third).toMatchObject({ provider: 'unknown', status: 200 });
    mock.clear();
    expect(mock.requests()).toEqual([]);
  });

  test('bodies of many chunks are put together', async () => {
    const body = Buffer.alloc(5_000_000, 'abc');
    await send(mock.url, '/v1/messages', { body, headers: { 'transfer-encoding': 'chunked' } });
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(digest(mock.requests()[0]!.body)).toBe(digest(body));
  });

  test('a body of more than 60 MiB is a 413 and is not kept', async () => {
    const answer = await send(mock.url, '/v1/messages', { body: Buffer.alloc(60 * 1024 * 1024 + 1) });
    expect(answer.status).toBe(413);
    expect(mock.requests()[0]).toMatchObject({ status: 413, body: Buffer.alloc(0) });
  });
});

test('a client that leaves in the middle of its body harms nobody', async () => {
  const socket = connect(mock.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc');
  socket.resetAndDestroy();
  await once(socket, 'close');
  expect((await send(mock.url, '/health', { method: 'GET' })).status).toBe(200);
  expect(mock.requests()).toHaveLength(1);
});

test('a client that leaves in the middle of a stream harms nobody', async () => {
  const own = await startMockProviders({ verify: false, eventDelayMs: 1 });
  const socket = connect(own.port, '127.0.0.1');
  socket.write(
    `POST /model/m/converse-stream HTTP/1.1\r\nhost: x\r\ncontent-length: ${converseBody.length}\r\n\r\n${converseBody}`,
  );
  await once(socket, 'data');
  socket.resetAndDestroy();
  expect((await send(own.url, '/health', { method: 'GET' })).status).toBe(200);
  await own.close();
});

test('a port that is taken is an error', async () => {
  await expect(startMockProviders({ port: mock.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('close ends running streams', async () => {
  const own = await startMockProviders({ verify: false, eventDelayMs: 60_000 });
  const running = send(own.url, `/model/${claude}/converse-stream`, { body: converseBody });
  const poll = async (): Promise<void> => {
    while (own.requests().length === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  await poll();
  await own.close();
  expect((await running).error).toBe('ECONNRESET');
});
