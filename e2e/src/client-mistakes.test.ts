import { post, readAnswer } from './clients/http.ts';
import { dialectOf, expectError, expectStatus } from './expect-error.ts';
import { describeBackends, models, pairs, rules, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { buildResources } from './fixtures/resources.ts';
import { listProcessTree } from './launchers/process-tree.ts';

// The last rule takes strange names, so that they get as far as they can.
const strangeModels = ['..', '../../x', 'a/../b', '%2e%2e'];
const running = useMockedGateway((port) =>
  buildResources(describeBackends(port), [
    ...rules,
    { models: strangeModels, backends: [{ name: 'bedrock' }] },
  ]),
);
let pidsBefore: number[];
const pids = (): number[] => listProcessTree(running.gateway.pid).map(({ pid }) => pid);
const endpoints = ['/v1/chat/completions', '/v1/messages', '/anthropic/v1/messages'];
const mebibyte = 1024 * 1024;

/** A conversation whose JSON is about that long. */
function conversation(model: string, bytes: number): string {
  const prompt = 'All work and no play makes Jack a dull boy. '
    .repeat(Math.ceil(bytes / 44))
    .slice(0, bytes - 200);
  return JSON.stringify({ model, max_tokens: 20, messages: [{ role: 'user', content: prompt }] });
}

beforeAll(() => {
  pidsBefore = pids();
});

test.each([
  ['headers of 70 KiB', 431, { 'x-large': 'v'.repeat(70 * 1024) }],
  ['250 headers', 431, Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`x-h${at}`, 'v']))],
])('%s are refused with a body that says so', async (_, status, headers) => {
  const url = `${running.gateway.url}/v1/chat/completions`;
  const answer = await post(url, JSON.stringify({ model: models.llama, messages: [] }), headers);
  expectStatus(answer, status);
  // There is no request yet that could have an id.
  expect(answer.json()).toMatchObject({
    error: { message: expect.stringMatching(/headers/), type: 'invalid_request_error' },
  });
});

test('more headers than the gateway could add to are refused in so many words', async () => {
  const headers = Object.fromEntries(Array.from({ length: 180 }, (_, at) => [`x-h${at}`, 'v']));
  const answer = await post(`${running.gateway.url}/v1/chat/completions`, '{}', headers);
  expect(expectError(answer, 'openai', 400)).toMatch(/no more than 150/);
});

test.each(pairs)('%s: a byte order mark does not get in the way', async (_, path, model) => {
  running.mock.clear();
  const body = JSON.stringify({ model, max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }] });
  expectStatus(await post(running.gateway.url + path, `\ufeff${body}`), 200);
  expect(running.mock.requests().map((request) => request.body.toString()[0])).toEqual(['{']);
});

test.each(pairs)('%s: a stream asked for by a text is a stream', async (_, path, model) => {
  const body = { model, stream: 'true', max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }] };
  const answer = await post(running.gateway.url + path, body);
  expectStatus(answer, 200);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
});

test.each(pairs)(
  '%s: ten thousand unknown fields are named as far as a header goes',
  async (_, path, model) => {
    const unknown = Object.fromEntries(Array.from({ length: 10_000 }, (_field, at) => [`k${at}`, at]));
    const body = { model, max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }], ...unknown };
    const answer = await post(running.gateway.url + path, body);
    expect(answer.status).toBeLessThan(500);
    expect((answer.headers.get('x-ai-eg-warnings') ?? '').length).toBeLessThanOrEqual(4096);
  },
);

test('a hundred headers are no reason to refuse', async () => {
  const headers = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x-h${at}`, 'v']));
  const body = JSON.stringify({ model: models.llama, messages: [{ role: 'user', content: 'Hi.' }] });
  expectStatus(await post(`${running.gateway.url}/v1/chat/completions`, body, headers), 200);
});

describe.each(endpoints)('%s', (path) => {
  const send = (body: string): ReturnType<typeof post> => post(running.gateway.url + path, body);
  const dialect = dialectOf(path);
  const messages = [{ role: 'user', content: 'Hi.' }];

  test.each([
    ['JSON that ends too early', '{"model": "x", "messages": [', 400],
    ['no JSON at all', 'hello', 400],
    ['JSON that is not an object', '["model"]', 400],
    ['an empty body', '', 400],
    ['no model', JSON.stringify({ messages, max_tokens: 5 }), 400],
    ['a model that is not text', JSON.stringify({ model: 7, messages, max_tokens: 5 }), 400],
    [
      'a model that nobody serves',
      JSON.stringify({ model: 'nobody-serves-this', messages, max_tokens: 5 }),
      404,
    ],
    ['a quote in the model', JSON.stringify({ model: 'a"b', messages, max_tokens: 5 }), 404],
    ['a line break in the model', JSON.stringify({ model: 'a\nb', messages, max_tokens: 5 }), 400],
  ])('%s', async (_, body, status) => {
    expectError(await send(body), dialect, status);
  });

  test.each(strangeModels)('the model %s never becomes a path [A4]', async (model) => {
    running.mock.clear();
    const answer = await send(JSON.stringify({ model, messages, max_tokens: 5 }));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expectError(answer, dialect, answer.status);
    expect(answer.status).toBeLessThan(500);
    for (const { path: seen } of running.mock.requests())
      expect(decodeURIComponent(seen)).toMatch(/^\/model\//);
  });

  test('a body of 51 MiB is too large, and the answer says so [A125]', async () => {
    const answer = await send(conversation(models.anthropic, 51 * mebibyte));
    expect(expectError(answer, dialect, 413)).toMatch(/larger/);
  });
});

test.each([
  ['/v1/nothing', 'openai'],
  ['/', 'openai'],
  ['/anthropic/v1/nothing', 'anthropic'],
] as const)('the path %s does not exist, in the words of %s', async (path, dialect) => {
  const answer = await post(running.gateway.url + path, { model: models.openai, messages: [] });
  expectError(answer, dialect, 404);
});

test.each([
  ['/chat/completions', '/v1/chat/completions', 'openai'],
  ['/v1/v1/messages', '/v1/messages', 'anthropic'],
] as const)(
  'the path %s, of a wrong base URL, is answered with the right one',
  async (path, right, dialect) => {
    const answer = await post(running.gateway.url + path, { model: models.openai, messages: [] });
    expect(expectError(answer, dialect, 404)).toContain(`send it to "${right}"`);
  },
);

test.each(endpoints)('GET %s is a client error', async (path) => {
  const answer = await readAnswer(await fetch(running.gateway.url + path));
  expect([404, 405]).toContain(answer.status);
  expectError(answer, dialectOf(path), answer.status);
});

test.each([
  [1, '/v1/chat/completions', models.openai],
  [20, '/v1/chat/completions', models.openai],
  [49, '/v1/chat/completions', models.openai],
  [1, '/v1/messages', models.anthropic],
  [20, '/v1/messages', models.anthropic],
  [49, '/v1/messages', models.anthropic],
  [1, '/v1/messages', models.invoke],
  [20, '/v1/messages', models.invoke],
  [1, '/v1/chat/completions', models.llama],
  [20, '/v1/chat/completions', models.llama],
])('a body of %d MiB to %s for %s arrives whole [A125]', async (size, path, model) => {
  running.mock.clear();
  const body = conversation(model, size * mebibyte);
  const answer = await post(running.gateway.url + path, body);
  expectStatus(answer, 200);
  const [seen] = running.mock.requests();
  const sent = (JSON.parse(body) as { messages: [{ content: string }] }).messages[0].content;
  expect(seen!.body.includes(sent)).toBe(true);
});

test('nothing crashed: the same processes still answer', async () => {
  expect(pids()).toEqual(pidsBefore);
  for (const [, path, model] of pairs) {
    const body = { model, max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }] };
    expectStatus(await post(running.gateway.url + path, body), 200);
  }
});
