import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { once } from 'node:events';
import { openRawConnection, rawRequest } from './clients/raw-http.ts';
import { describeBackends, models, rules, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { buildResources } from './fixtures/resources.ts';
import { type ScriptedProvider, startScriptedProvider } from './fixtures/scripted-provider.ts';
import { waitUntil } from './wait-until.ts';

/** Says a piece whenever it is told to, and never ends. */
let endless: ScriptedProvider;
let silent: ScriptedProvider;
const running = useMockedGateway(async (port) => {
  endless = await startScriptedProvider((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
    const choices = [{ index: 0, delta: { content: 'x' }, finish_reason: null }];
    response.write(`data: ${JSON.stringify({ id: 'c', model: 'endless', choices, usage })}\n\n`);
  });
  silent = await startScriptedProvider(() => undefined);
  const schema = { name: 'OpenAI' };
  return buildResources(
    [
      ...describeBackends(port),
      { name: 'endless', schema, port: endless.port, apiKey: 'k' },
      { name: 'silent', schema, port: silent.port, apiKey: 'k' },
    ],
    [
      ...rules,
      { models: ['endless'], backends: [{ name: 'endless' }] },
      { models: ['silent'], backends: [{ name: 'silent' }] },
    ],
  );
});
afterAll(() => {
  endless.close();
  silent.close();
});

const ask = (model: string, more: object = {}): string =>
  JSON.stringify({ model, max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }], ...more });
const chat = 'POST /v1/chat/completions';
const good = rawRequest(chat, ask(models.llama));

test.each([
  ['JSON that is broken', rawRequest(chat, '{"a'), 400],
  ['no body', rawRequest(chat, ''), 400],
  ['a path that does not exist', rawRequest('POST /v1/nope', ask(models.llama)), 404],
  ['a method that is not allowed', rawRequest('PUT /v1/messages', ask(models.llama)), 405],
  ['the same with more body than fits a buffer', rawRequest('PUT /v1/messages', 'x'.repeat(5 << 20)), 405],
  ['a list of models asked for with a body', rawRequest('GET /v1/models', '{}'), 200],
])('%s leaves the connection to the next request', async (_, request, status) => {
  const connection = openRawConnection(running.gateway.url);
  connection.write(request);
  expect(await connection.answers(1)).toContain(`HTTP/1.1 ${status} `);
  connection.write(good);
  expect(await connection.answers(2)).toContain('HTTP/1.1 200 ');
  expect(connection.isOpen()).toBe(true);
  connection.close();
});

test.each([
  ['two lengths', `${chat} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello`],
  [
    'a length and chunks',
    `${chat} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
])('%s, of which another request could be smuggled, end the connection', async (_, request) => {
  running.mock.clear();
  const connection = openRawConnection(running.gateway.url);
  connection.write(request);
  connection.write(good);
  expect(await connection.answers(1)).toContain('HTTP/1.1 400 ');
  await waitUntil('the end of the connection', () => !connection.isOpen());
  expect(running.mock.requests()).toHaveLength(0);
});

test.each([
  ['PUT', '/v1/chat/completions', 'POST'],
  ['GET', '/v1/messages', 'POST'],
  ['DELETE', '/v1/models', 'GET, HEAD'],
])('%s %s is told what is allowed', async (method, path, allow) => {
  const answer = await fetch(running.gateway.url + path, { method });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
});

test('HEAD has the head of what GET has', async () => {
  const answer = await fetch(`${running.gateway.url}/v1/models`, { method: 'HEAD' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
});

async function sendOver(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body: string,
): Promise<number | string> {
  const stream = session.request({ ':method': 'POST', ':path': '/v1/chat/completions', ...headers });
  const answered = once(stream, 'response').then(([head]) =>
    Number((head as OutgoingHttpHeaders)[':status']),
  );
  stream.end(body);
  stream.resume();
  return answered.catch(() => 'reset');
}

test.each<[string, OutgoingHttpHeaders, string, number | string]>([
  ['a body that is longer than it says', { 'content-length': '5' }, ask(models.llama), 'reset'],
  [
    'too many headers',
    Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`x-${at}`, 'v'])),
    '{}',
    'reset',
  ],
  ['broken JSON', {}, '{', 400],
])('on a shared connection %s harms nobody else', async (_, headers, body, outcome) => {
  const session = connect(running.gateway.url);
  session.on('error', () => undefined);
  expect(await sendOver(session, {}, ask(models.llama))).toBe(200);
  expect(await sendOver(session, headers, body)).toBe(outcome);
  expect(await sendOver(session, {}, ask(models.llama))).toBe(200);
  session.close();
});

describe('a client that goes away', () => {
  const metrics = async (): Promise<string> => (await fetch(`${running.gateway.adminUrl}/metrics`)).text();
  /** Tokens of the model that never ends, over all endpoints. */
  const tokens = async (type: string): Promise<number> => {
    const lines = (await metrics()).split('\n');
    const own = lines.filter((line) => /token_usage_token_sum\{.*"endless"/.test(line));
    return own
      .filter((line) => line.includes(`token_type="${type}"`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  test.each(['/v1/chat/completions', '/v1/messages'])(
    'in the middle of a stream of %s ends the request upstream, and what it used is counted',
    async (path) => {
      const before = [await tokens('input'), await tokens('output')];
      const controller = new AbortController();
      const answer = await fetch(running.gateway.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: ask('endless', { stream: true }),
        signal: controller.signal,
      });
      await answer.body!.getReader().read();
      expect(endless.open()).toBe(1);
      controller.abort();
      await waitUntil('the end upstream', () => endless.open() === 0);
      await waitUntil('the count', async () => (await tokens('output')) > before[1]!);
      expect([await tokens('input'), await tokens('output')]).toEqual([before[0]! + 5, before[1]! + 3]);
    },
  );

  test('before there is an answer ends the request upstream', async () => {
    const controller = new AbortController();
    const answer = fetch(`${running.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: ask('silent'),
      signal: controller.signal,
    });
    await waitUntil('the request upstream', () => silent.open() === 1);
    controller.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    await waitUntil('the end upstream', () => silent.open() === 0);
  });
});
