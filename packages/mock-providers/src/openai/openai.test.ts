import { jsonOf, send, serverSentEvents } from '../__fixtures__/send.ts';
import type { Received } from '../__fixtures__/send.ts';
import { mockCredentials, startMockProviders } from '../mock-providers.ts';
import type { MockProviders } from '../mock-providers.ts';

const messages = [{ role: 'user', content: 'What is capital of France?' }];
const openaiHeaders = { authorization: `Bearer ${mockCredentials.openaiApiKey}` };

interface ToolCallDelta {
  readonly index: number;
  readonly function: { readonly arguments: string };
}

interface Chunk {
  readonly id: string;
  readonly choices: readonly {
    readonly delta: { readonly content?: string; readonly tool_calls?: readonly ToolCallDelta[] };
  }[];
  readonly usage?: { readonly total_tokens: number } | null;
}

/** The chunks of a stream that ends with `[DONE]`. */
function chunksOf(answer: Received): Chunk[] {
  const events = serverSentEvents(answer);
  expect(events.at(-1)?.data).toBe('[DONE]');
  return events.slice(0, -1).map(({ data }) => JSON.parse(data) as Chunk);
}

let mock: MockProviders;
beforeAll(async () => {
  mock = await startMockProviders();
});
afterAll(() => mock.close());

describe('OpenAI', () => {
  const ask = (body: object, headers: Record<string, string> = openaiHeaders): Promise<Received> =>
    send(mock.url, '/v1/chat/completions', { body: JSON.stringify(body), headers });
  const body = { model: 'gpt-4o', messages };

  test('a completion', async () => {
    expect(jsonOf(await ask(body))).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-4o',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'The capital of France is Paris.' },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 13, completion_tokens: 8, total_tokens: 21 },
    });
  });

  test('as many choices as asked for', async () => {
    expect(jsonOf(await ask({ ...body, n: 3 }))).toMatchObject({
      choices: [{ index: 0 }, { index: 1 }, { index: 2 }],
      usage: { completion_tokens: 24 },
    });
  });

  test.each([true, false])('a stream, include_usage %p', async (includeUsage) => {
    const chunks = chunksOf(
      await ask({ ...body, stream: true, stream_options: { include_usage: includeUsage } }),
    );
    const text = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? ''));
    const usages = chunks.flatMap(({ choices, usage }) => (usage ? [[choices, usage.total_tokens]] : []));
    expect(text.join('')).toBe('The capital of France is Paris.');
    expect(usages).toEqual(includeUsage ? [[[], 21]] : []);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test('a streamed tool call', async () => {
    const tools = [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          parameters: {
            type: 'object',
            properties: { location: { type: 'string' } },
            required: ['location'],
          },
        },
      },
    ];
    const chunks = chunksOf(
      await ask({
        model: 'gpt-4o',
        stream: true,
        tools,
        messages: [{ role: 'user', content: 'weather in Rome and Oslo?' }],
      }),
    );
    const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    const argumentsOf = (index: number): unknown => {
      const pieces = calls.filter((call) => call.index === index).map((call) => call.function.arguments);
      return JSON.parse(pieces.join(''));
    };
    expect([argumentsOf(0), argumentsOf(1)]).toEqual([{ location: 'Rome' }, { location: 'Oslo' }]);
  });

  test.each([
    ['no key', body, {}, 401, null],
    ['a wrong key', body, { authorization: 'Bearer no' }, 401, 'invalid_api_key'],
    ['no messages', { model: 'gpt-4o' }, openaiHeaders, 400, null],
    ['an unknown model', { ...body, model: 'unknown' }, openaiHeaders, 404, 'model_not_found'],
  ])('%s', async (...row) => {
    const [, given, headers, status, code] = row;
    const answer = await ask(given, headers);
    expect(answer.status).toBe(status);
    expect(jsonOf(answer)).toMatchObject({ error: { type: 'invalid_request_error', code } });
    expect(answer.body.toString()).not.toContain('Bearer no');
  });

  test('models', async () => {
    expect(
      jsonOf(await send(mock.url, '/v1/models', { method: 'GET', headers: openaiHeaders })),
    ).toMatchObject({ object: 'list' });
  });
});
