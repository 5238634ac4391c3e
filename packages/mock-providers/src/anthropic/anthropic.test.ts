import { jsonOf, send, serverSentEvents } from '../__fixtures__/send.ts';
import type { Received } from '../__fixtures__/send.ts';
import { mockCredentials, startMockProviders } from '../mock-providers.ts';
import type { MockProviders } from '../mock-providers.ts';

const messages = [{ role: 'user', content: 'What is capital of France?' }];
const anthropicHeaders = { 'x-api-key': mockCredentials.anthropicApiKey, 'anthropic-version': '2023-06-01' };

let mock: MockProviders;
beforeAll(async () => {
  mock = await startMockProviders();
});
afterAll(() => mock.close());

describe('Anthropic', () => {
  const ask = (
    body: object,
    headers: Record<string, string> = anthropicHeaders,
    path = '/v1/messages',
  ): Promise<Received> => send(mock.url, path, { body: JSON.stringify(body), headers });
  const body = { model: 'claude-sonnet-4-5', max_tokens: 100, messages };

  test('messages, also with a query', async () => {
    const answer = await ask(body, anthropicHeaders, '/v1/messages?beta=true');
    expect(answer.headers['request-id']).toMatch(/^req_/);
    expect(jsonOf(answer)).toMatchObject({
      id: expect.stringMatching(/^msg_01/),
      model: 'claude-sonnet-4-5-20250929',
      usage: { input_tokens: 13, output_tokens: 8 },
    });
  });

  test('a stream, with a ping', async () => {
    const answer = await ask({ ...body, stream: true });
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = serverSentEvents(answer);
    expect(events.every(({ event, data }) => JSON.parse(data).type === event)).toBe(true);
    expect(events.map(({ event }) => event)).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      ...Array<string>(6).fill('content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  test('a thread is refused in the words that SDKs go on from', async () => {
    const answer = await ask({ ...body, thread: { type: 'create' } });
    expect([answer.status, jsonOf(answer)]).toEqual([
      400,
      expect.objectContaining({
        error: {
          type: 'invalid_request_error',
          message: expect.stringContaining('thread'),
          details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
        },
      }),
    ]);
  });

  test('count_tokens needs no max_tokens', async () => {
    const answer = await ask(
      { model: 'claude-sonnet-4-5', messages },
      anthropicHeaders,
      '/v1/messages/count_tokens',
    );
    expect(jsonOf(answer)).toEqual({ input_tokens: 13 });
  });

  test.each([
    [
      'no key',
      body,
      { 'anthropic-version': '2023-06-01' },
      401,
      'authentication_error',
      'x-api-key header is required',
    ],
    [
      'a wrong key',
      body,
      { ...anthropicHeaders, 'x-api-key': 'no' },
      401,
      'authentication_error',
      'invalid x-api-key',
    ],
    [
      'no version',
      body,
      { 'x-api-key': mockCredentials.anthropicApiKey },
      400,
      'invalid_request_error',
      'anthropic-version: header is required',
    ],
    [
      'no model',
      { ...body, model: undefined },
      anthropicHeaders,
      400,
      'invalid_request_error',
      'model: Field required',
    ],
    [
      'no max_tokens',
      { ...body, max_tokens: undefined },
      anthropicHeaders,
      400,
      'invalid_request_error',
      'max_tokens: Field required',
    ],
    [
      'an unknown field',
      { ...body, n: 1 },
      anthropicHeaders,
      400,
      'invalid_request_error',
      'n: Extra inputs are not permitted',
    ],
    [
      'an unknown model',
      { ...body, model: 'claude-unknown' },
      anthropicHeaders,
      404,
      'not_found_error',
      'model: claude-unknown',
    ],
  ])('%s', async (...row) => {
    const [, given, headers, status, type, message] = row;
    const answer = await ask(given, headers);
    expect(answer.status).toBe(status);
    expect(jsonOf(answer)).toEqual({
      type: 'error',
      error: { type, message },
      request_id: answer.headers['request-id'],
    });
  });

  test('a conversation with thinking and a tool goes round', async () => {
    const tools = [
      {
        name: 'get_weather',
        input_schema: {
          type: 'object',
          properties: { location: { type: 'string' } },
          required: ['location'],
        },
      },
    ];
    const question = { role: 'user', content: 'What is the weather in Rome?' };
    const settings = {
      model: 'claude-sonnet-4-5',
      max_tokens: 3000,
      tools,
      thinking: { type: 'enabled', budget_tokens: 1024 },
    };
    const first = jsonOf(await ask({ ...settings, messages: [question] })) as {
      content: { type: string; id: string; signature: string }[];
    };
    expect(first.content.map(({ type }) => type)).toEqual(['thinking', 'tool_use']);
    const result = {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: first.content[1]!.id, content: 'sunny' }],
    };
    const turns = [question, { role: 'assistant', content: first.content }, result];
    const second = jsonOf(await ask({ ...settings, messages: turns })) as { content: { text: string }[] };
    expect(second.content[0]?.text).toContain('get_weather returned: sunny');
    first.content[0]!.signature = 'tampered';
    expect(jsonOf(await ask({ ...settings, messages: turns }))).toMatchObject({
      error: { message: 'messages.1.content.0: Invalid signature in thinking block' },
    });
  });
});
