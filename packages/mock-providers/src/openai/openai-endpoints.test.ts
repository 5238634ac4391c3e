import { jsonOf, send, serverSentEvents } from '../__fixtures__/send.ts';
import type { Received } from '../__fixtures__/send.ts';
import { mockCredentials, startMockProviders } from '../mock-providers.ts';
import type { MockProviders } from '../mock-providers.ts';

const headers = { authorization: `Bearer ${mockCredentials.openaiApiKey}` };
let mock: MockProviders;
beforeAll(async () => {
  mock = await startMockProviders();
});
afterAll(() => mock.close());

const ask = (path: string, body: object, more: Record<string, string> = {}): Promise<Received> =>
  send(mock.url, path, { body: JSON.stringify(body), headers: { ...headers, ...more } });

describe('embeddings', () => {
  const model = 'text-embedding-3-small';

  test('as numbers and as base64, of texts and of tokens', async () => {
    const answer = jsonOf(await ask('/v1/embeddings', { model, input: ['a day', 'a night'], dimensions: 8 }));
    expect(answer).toMatchObject({ object: 'list', model, data: [{ index: 0 }, { index: 1 }] });
    const { data, usage } = answer as { data: { embedding: number[] }[]; usage: object };
    expect(data[0]!.embedding).toHaveLength(8);
    expect(usage).toEqual({ prompt_tokens: 8, total_tokens: 8 });
    const request = { model, input: 'a day', dimensions: 8, encoding_format: 'base64' };
    const encoded = jsonOf(await ask('/v1/embeddings', request)) as { data: { embedding: string }[] };
    const bytes = new Uint8Array(Buffer.from(encoded.data[0]!.embedding, 'base64'));
    expect(new Float32Array(bytes.buffer)).toEqual(Float32Array.from(data[0]!.embedding));
    expect((await ask('/v1/embeddings', { model, input: [[1, 2], [3]] })).status).toBe(200);
  });

  test.each([
    [{}, 'input'],
    [{ input: '' }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: 'a', input_type: 'query' }, 'input_type'],
    [{ input: 'a', encoding_format: 'hex' }, 'encoding_format'],
    [{ input: 'a', dimensions: 0 }, 'dimensions'],
    [{ input: 'a', dimensions: 8, model: 'text-embedding-ada-002' }, 'dimensions'],
  ])('refuses %j', async (fields, param) => {
    const answer = await ask('/v1/embeddings', { model, ...fields });
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ error: { param } });
  });
});

describe('completions', () => {
  const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'What is the capital of France?' };
  const text = 'The capital of France is Paris.';

  test('whole and streamed', async () => {
    expect(jsonOf(await ask('/v1/completions', body))).toMatchObject({
      object: 'text_completion',
      choices: [{ text, index: 0, finish_reason: 'stop' }],
      usage: { completion_tokens: 8 },
    });
    const stream_options = { include_usage: true };
    const events = serverSentEvents(await ask('/v1/completions', { ...body, stream: true, stream_options }));
    expect(events.at(-1)!.data).toBe('[DONE]');
    const chunks = events.slice(0, -1).map(({ data }) => JSON.parse(data) as { choices: { text: string }[] });
    expect(chunks.flatMap(({ choices }) => choices.map((choice) => choice.text)).join('')).toBe(text);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 8 } });
  });

  test.each([{ prompt: 3 }, { max_tokens: -1 }, { messages: [] }, { stream_options: {} }])(
    'refuses %j',
    async (fields) => {
      expect((await ask('/v1/completions', { ...body, ...fields })).status).toBe(400);
    },
  );
});

describe('responses', () => {
  const model = 'gpt-4o-mini';
  const tools = [
    {
      type: 'function',
      name: 'get_weather',
      parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
    },
  ];
  const respond = (body: object, more = {}): Promise<Received> =>
    ask('/v1/responses', { model, ...body }, more);

  test('a text, and the same as events that are numbered', async () => {
    const input = 'What is the capital of France?';
    const whole = jsonOf(await respond({ input })) as { output: object[] };
    expect(whole).toMatchObject({
      object: 'response',
      status: 'completed',
      output: [{ type: 'message', content: [{ text: 'The capital of France is Paris.' }] }],
      usage: { input_tokens: 13, output_tokens: 8, total_tokens: 21 },
    });
    const events = serverSentEvents(await respond({ input, stream: true })).map(
      ({ event, data }) =>
        [event, JSON.parse(data)] as [string, { type: string; sequence_number: number; delta?: string }],
    );
    expect(events.map(([, { sequence_number: at }]) => at)).toEqual(events.map((_, index) => index));
    for (const [name, { type }] of events) expect(name).toBe(type);
    expect(events.map(([, { delta = '' }]) => delta).join('')).toBe('The capital of France is Paris.');
    expect(events.at(-1)![1]).toMatchObject({ type: 'response.completed', response: { output: [{}] } });
  });

  test('thoughts are sealed, and are known again', async () => {
    const model = 'gpt-5-nano';
    const input = [{ role: 'user', content: 'weather in Rome?' }];
    const include = ['reasoning.encrypted_content'];
    const { output } = jsonOf(await respond({ model, input, tools, include })) as {
      output: { type: string; call_id?: string; encrypted_content?: string }[];
    };
    expect(output.map(({ type }) => type)).toEqual(['reasoning', 'function_call']);
    const result = { type: 'function_call_output', call_id: output[1]!.call_id, output: 'sunny' };
    const again = await respond({ model, input: [...input, ...output, result], tools });
    expect(again.status).toBe(200);
    expect(again.body.toString()).toContain('sunny');
    const changed = { ...output[0], encrypted_content: 'AAAA' };
    const answer = await respond({ model, input: [...input, changed, output[1], result], tools });
    expect(jsonOf(answer)).toMatchObject({ error: { code: 'invalid_encrypted_content' } });
  });

  test('an error in a stream is an event of its own', async () => {
    const fault = { 'x-mock-fault': 'mid-stream-throttling;after=4' };
    const events = serverSentEvents(await respond({ input: 'Count to 9', stream: true }, fault));
    expect(events.at(-1)).toMatchObject({ event: 'error' });
    expect(JSON.parse(events.at(-1)!.data)).toMatchObject({ type: 'error', code: 'rate_limit_exceeded' });
  });

  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
  test.each<[object, string | null]>([
    [{}, 'input'],
    [{ input: [] }, 'input'],
    [{ input: 'a', messages: [] }, 'messages'],
    [{ input: 'a', previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ input: 'a', reasoning: { effort: 'low' } }, 'reasoning.effort'],
    [{ input: 'a', max_output_tokens: 3 }, 'max_output_tokens'],
    [{ input: 'a', tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools[0].name'],
    [{ input: 'a', tool_choice: { type: 'function', name: 'f' } }, 'tool_choice'],
    [{ input: 'a', text: { format: { type: 'json_schema', schema: {} } } }, 'text.format.name'],
    [{ input: [{ role: 'tool', content: 'a' }] }, 'input[0].role'],
    [{ input: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }] }, 'input[0].content[0].type'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: {} }] }] },
      'input[0].content[0].image_url',
    ],
    [{ input: [call] }, 'input'],
    [{ input: [{ type: 'function_call_output', call_id: 'c', output: 'a' }] }, 'input'],
    [{ input: [{ type: 'function_call_output', call_id: 'c' }] }, 'input[0].output'],
    [{ input: [{ type: 'reasoning', id: 'rs', summary: [] }] }, 'input'],
  ])('refuses %j', async (body, param) => {
    const answer = await respond(body);
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ error: { type: 'invalid_request_error', param } });
  });
});
