import { eventsOf, jsonOf, send } from '../__fixtures__/send.ts';
import type { Received } from '../__fixtures__/send.ts';
import { signRequest } from '../__fixtures__/sign-request.ts';
import { startMockProviders } from '../mock-providers.ts';
import type { MockProviders } from '../mock-providers.ts';

const host = 'bedrock-runtime.us-east-1.amazonaws.com';
const claude = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const question = 'What is capital of France?';
const converse = { messages: [{ role: 'user', content: [{ text: question }] }] };
const converseBody = JSON.stringify(converse);
const invokeBody = JSON.stringify({
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 100,
  messages: [{ role: 'user', content: question }],
});

let mock: MockProviders;
beforeAll(async () => {
  mock = await startMockProviders();
});
afterAll(() => mock.close());

function bedrock(path: string, body: string): Promise<Received> {
  return send(mock.url, path, { body, headers: signRequest({ path, body, host }) });
}

describe('Bedrock', () => {
  test('Converse', async () => {
    const answer = await bedrock(`/model/${claude}/converse`, converseBody);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(jsonOf(answer)).toEqual({
      metrics: { latencyMs: 42 },
      output: { message: { role: 'assistant', content: [{ text: 'The capital of France is Paris.' }] } },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 13,
        outputTokens: 8,
        totalTokens: 21,
        cacheReadInputTokens: 0,
        cacheWriteInputTokens: 0,
      },
    });
  });

  test('ConverseStream: no contentBlockStart for text, usage behind messageStop, padding everywhere', async () => {
    const answer = await bedrock(`/model/${claude}/converse-stream`, converseBody);
    expect(answer.headers['content-type']).toBe('application/vnd.amazon.eventstream');
    const events = eventsOf(answer);
    const text = events.flatMap(([, event]) => (event as { delta?: { text?: string } }).delta?.text ?? []);
    expect(events.map(([type]) => type)).toEqual([
      'messageStart',
      ...Array<string>(6).fill('contentBlockDelta'),
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(text.join('')).toBe('The capital of France is Paris.');
    expect(events.at(-1)?.[1]).toMatchObject({
      usage: { inputTokens: 13, outputTokens: 8, totalTokens: 21 },
    });
    expect(events.every(([, event]) => /^[a-zA-Z0-9]+$/.test((event as { p: string }).p))).toBe(true);
    expect(new Set(events.map(([, event]) => (event as { p: string }).p)).size).toBeGreaterThan(5);
  });

  test('ConverseStream of a tool call: start with id and name, input in pieces', async () => {
    const body = JSON.stringify({
      messages: [{ role: 'user', content: [{ text: 'What is the weather in San Francisco?' }] }],
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'get_weather',
              inputSchema: {
                json: {
                  type: 'object',
                  properties: { location: { type: 'string' } },
                  required: ['location'],
                },
              },
            },
          },
        ],
      },
    });
    const events = eventsOf(await bedrock(`/model/${claude}/converse-stream`, body));
    const pieces = events.flatMap(
      ([, event]) => (event as { delta?: { toolUse?: { input: string } } }).delta?.toolUse?.input ?? [],
    );
    expect(events[1]).toMatchObject([
      'contentBlockStart',
      { contentBlockIndex: 0, start: { toolUse: { name: 'get_weather' } } },
    ]);
    expect(pieces.length).toBeGreaterThan(1);
    expect(JSON.parse(pieces.join(''))).toEqual({ location: 'San Francisco' });
    expect(events.at(-2)).toMatchObject(['messageStop', { stopReason: 'tool_use' }]);
  });

  test('InvokeModel', async () => {
    const answer = await bedrock(`/model/${claude}/invoke`, invokeBody);
    expect(answer.headers).toMatchObject({
      'x-amzn-bedrock-input-token-count': '13',
      'x-amzn-bedrock-output-token-count': '8',
    });
    expect(jsonOf(answer)).toMatchObject({
      id: expect.stringMatching(/^msg_bdrk_01[0-9a-f]{22}$/),
      type: 'message',
      role: 'assistant',
      model: 'claude-3-5-sonnet-20241022',
      content: [{ type: 'text', text: 'The capital of France is Paris.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 13, output_tokens: 8 },
    });
  });

  test('InvokeModelWithResponseStream: Anthropic events in base64, metrics on message_stop', async () => {
    const answer = await bedrock(`/model/${claude}/invoke-with-response-stream`, invokeBody);
    expect(answer.headers['x-amzn-bedrock-content-type']).toBe('application/json');
    const chunks = eventsOf(answer);
    expect(chunks.every(([type]) => type === 'chunk')).toBe(true);
    const events = chunks.map(([, chunk]) => {
      const event = Buffer.from((chunk as { bytes: string }).bytes, 'base64').toString();
      return JSON.parse(event) as Record<string, unknown>;
    });
    expect(events.map((event) => event['type'])).toEqual([
      'message_start',
      'content_block_start',
      ...Array<string>(6).fill('content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events.at(-1)?.['amazon-bedrock-invocationMetrics']).toMatchObject({
      inputTokenCount: 13,
      outputTokenCount: 8,
    });
  });

  test.each([
    ['an InvokeModel body', claude, { invokeModel: { body: Buffer.from(invokeBody).toString('base64') } }],
    ['a Converse body', 'amazon.nova-pro-v1:0', { converse: converse }],
  ])('CountTokens of %s', async (_, model, input) => {
    const answer = await bedrock(`/model/${model}/count-tokens`, JSON.stringify({ input }));
    expect(jsonOf(answer)).toEqual({ inputTokens: 13 });
  });

  test('CountTokens refuses inference profiles', async () => {
    const answer = await bedrock(
      `/model/us.${claude}/count-tokens`,
      JSON.stringify({ input: { converse: converse } }),
    );
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toEqual({ message: "The provided model doesn't support counting tokens." });
  });

  test('settings come back', async () => {
    const settings = { serviceTier: { type: 'flex' }, performanceConfig: { latency: 'optimized' } };
    const body = JSON.stringify({ ...converse, ...settings });
    expect(jsonOf(await bedrock(`/model/${claude}/converse`, body))).toMatchObject(settings);
    expect(eventsOf(await bedrock(`/model/${claude}/converse-stream`, body)).at(-1)?.[1]).toMatchObject(
      settings,
    );
  });

  test.each([
    ['flex', 200],
    ['auto', 400],
  ])('InvokeModel with service tier %s', async (tier, status) => {
    const path = `/model/${claude}/invoke`;
    const headers = { ...signRequest({ path, body: invokeBody, host }), 'x-amzn-bedrock-service-tier': tier };
    const answer = await send(mock.url, path, { body: invokeBody, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers['x-amzn-bedrock-service-tier']).toBe(status === 200 ? tier : undefined);
  });

  test('InvokeModel is JSON', async () => {
    const path = `/model/${claude}/invoke`;
    const own = await startMockProviders({ verify: false });
    const answer = await send(own.url, path, { body: invokeBody, headers: { 'content-type': 'text/plain' } });
    expect(answer.status).toBe(400);
    await own.close();
  });

  test('InvokeModel of other families is refused', async () => {
    const answer = await bedrock('/model/amazon.titan-text-express-v1/invoke', invokeBody);
    expect(jsonOf(answer)).toMatchObject({
      message: expect.stringContaining('Anthropic models only') as string,
    });
  });

  test('an ARN is one path segment', async () => {
    const arn = encodeURIComponent(`arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${claude}`);
    expect((await bedrock(`/model/${arn}/converse`, converseBody)).status).toBe(200);
    const raw = decodeURIComponent(arn);
    const answer = await bedrock(`/model/${raw}/converse`, converseBody);
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'x-amzn-errortype': expect.stringMatching(/^UnknownOperationException:/) },
    });
  });

  test.each([
    ['a model that does not exist', 'acme.unknown-v1:0', 404, 'ResourceNotFoundException'],
    ['a model without access', 'acme.denied-v1:0', 403, 'AccessDeniedException'],
    ['no model id at all', 'a%20b', 400, 'ValidationException'],
    ['an id that is too long', 'a'.repeat(2049), 400, 'ValidationException'],
  ])('%s', async (_, model, status, name) => {
    const answer = await bedrock(`/model/${model}/converse`, converseBody);
    expect(answer.status).toBe(status);
    expect(answer.headers['x-amzn-errortype']).toBe(
      `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    );
  });

  test.each(['not json', '[]', '', 'null'])('a body of %j', async (body) => {
    const answer = await bedrock(`/model/${claude}/converse`, body);
    expect(answer.status).toBe(400);
    expect(answer.headers['x-amzn-errortype']).toMatch(/^SerializationException:/);
  });

  test('a prompt cache writes once and reads then', async () => {
    const body = JSON.stringify({
      system: [{ text: 'You are an expert in caching.' }, { cachePoint: { type: 'default' } }],
      messages: [{ role: 'user', content: [{ text: 'Hi.' }] }],
    });
    const usage = async (): Promise<unknown> =>
      (jsonOf(await bedrock(`/model/${claude}/converse`, body)) as { usage: unknown }).usage;
    expect(await usage()).toMatchObject({
      inputTokens: 9,
      cacheWriteInputTokens: 8,
      cacheReadInputTokens: 0,
      cacheDetails: [{ ttl: '5m', inputTokens: 8 }],
    });
    expect(await usage()).toMatchObject({
      inputTokens: 9,
      cacheWriteInputTokens: 0,
      cacheReadInputTokens: 8,
    });
  });

  test('InvokeModel takes 25,000,000 bytes and no more, Converse more', async () => {
    const padded = (length: number): string =>
      invokeBody.replace('"max_tokens"', `${' '.repeat(length - invokeBody.length)}"max_tokens"`);
    expect((await bedrock(`/model/${claude}/invoke`, padded(25_000_000))).status).toBe(200);
    const answer = await bedrock(`/model/${claude}/invoke`, padded(25_000_001));
    expect(answer).toMatchObject({
      status: 413,
      headers: { 'x-amzn-errortype': expect.stringMatching(/^RequestEntityTooLargeException:/) },
    });
    const large = converseBody.padEnd(50 * 1024 * 1024);
    expect((await bedrock(`/model/${claude}/converse`, large)).status).toBe(200);
  });
});
