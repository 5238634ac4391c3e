import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  embedMany,
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  NoObjectGeneratedError,
  Output,
  streamText,
  tool,
} from 'ai';
import { pixel } from './fixtures/content.ts';
import { pdf } from './fixtures/documents.ts';
import { models } from './fixtures/mocked-gateway.ts';
import { readThought } from './fixtures/read-thought.ts';
import { embeddingModels, openEnded, thinkingModel, useSdkGateway } from './fixtures/sdk-gateway.ts';
import { waitUntil } from './wait-until.ts';

const running = useSdkGateway();

type Api = 'chat' | 'responses' | 'messages';

function open(api: Api, model: string): Exclude<LanguageModel, string> {
  const settings = { baseURL: `${running.gateway.url}/v1`, apiKey: 'a-client-key' };
  if (api === 'messages') return createAnthropic(settings)(model);
  return createOpenAI(settings)[api](model);
}

const quiet = { maxRetries: 0 };
const question = 'What is the capital of France?';
const city = jsonSchema<{ city: string; population: number }>({
  type: 'object',
  properties: { city: { type: 'string' }, population: { type: 'integer' } },
  required: ['city', 'population'],
  additionalProperties: false,
});
const weather = tool({
  description: 'The weather at a place',
  inputSchema: jsonSchema<{ location: string }>({
    type: 'object',
    properties: { location: { type: 'string' } },
    required: ['location'],
    additionalProperties: false,
  }),
  execute: ({ location }) => `18 degrees in ${location}`,
});
const sentBodies = (): string[] => running.mock.requests().map(({ body }) => body.toString());

const cases = [
  ['chat', 'Converse', models.llama],
  ['chat', 'Converse (Claude)', models.sonnet],
  ['chat', 'InvokeModel', models.invoke],
  ['chat', 'Anthropic', models.anthropic],
  ['chat', 'OpenAI', models.openai],
  ['responses', 'Converse', models.llama],
  ['responses', 'Converse (Claude)', models.sonnet],
  ['responses', 'InvokeModel', models.invoke],
  ['responses', 'Anthropic', models.anthropic],
  ['responses', 'OpenAI', models.openai],
  ['messages', 'Converse', models.llama],
  ['messages', 'InvokeModel by model', models.sonnet],
  ['messages', 'InvokeModel', models.invoke],
  ['messages', 'Anthropic', models.anthropic],
  ['messages', 'OpenAI', models.openai],
] as const;

describe.each(cases)('Vercel AI SDK, %s to %s', (api, _, model) => {
  beforeEach(() => {
    running.mock.clear();
  });

  test('a text, and the same text and count as a stream', async () => {
    const request = { ...quiet, model: open(api, model), instructions: 'You are terse.', prompt: question };
    const whole = await generateText(request);
    expect([whole.text, whole.finishReason]).toEqual(['The capital of France is Paris.', 'stop']);
    expect(whole.usage.inputTokens).toBeGreaterThan(0);
    expect(whole.usage.outputTokens).toBeGreaterThan(0);
    const stream = streamText(request);
    const pieces: string[] = [];
    for await (const piece of stream.textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect([pieces.join(''), await stream.finishReason]).toEqual([whole.text, 'stop']);
    const { inputTokens, outputTokens } = await stream.usage;
    expect([inputTokens, outputTokens]).toEqual([whole.usage.inputTokens, whole.usage.outputTokens]);
    for (const body of sentBodies()) expect(body).toContain('You are terse.');
  });

  test.each([false, true])(
    'two tools at once, and the answer from their results (stream: %s)',
    async (stream) => {
      const request = {
        ...quiet,
        model: open(api, model),
        prompt: 'What is the weather in Paris and Rome?',
        tools: { get_weather: weather },
        stopWhen: isStepCount(3),
      };
      const result = stream ? streamText(request) : await generateText(request);
      const steps = await result.steps;
      expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
      expect(steps[0]!.toolCalls.map(({ input }) => input)).toEqual([
        { location: 'Paris' },
        { location: 'Rome' },
      ]);
      const text = await result.text;
      expect(text).toContain('18 degrees in Paris');
      expect(text).toContain('18 degrees in Rome');
    },
  );

  test('an image and a PDF', async () => {
    const { text } = await generateText({
      ...quiet,
      model: open(api, model),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', mediaType: 'image/png', data: pixel },
            { type: 'file', mediaType: 'application/pdf', data: pdf, filename: 'page.pdf' },
            { type: 'text', text: 'What are these?' },
          ],
        },
      ],
    });
    expect(text).toMatch(/I received an image .* and a document|I received .*file/);
    expect(sentBodies().at(-1)).toContain(pixel);
    expect(sentBodies().at(-1)).toContain(pdf);
  });

  test.each([false, true])('an object of a schema (stream: %s)', async (stream) => {
    const request = {
      ...quiet,
      model: open(api, model),
      prompt: 'Which city is the capital of France?',
      output: Output.object({ schema: city }),
    };
    const read = async (): Promise<unknown> =>
      stream ? streamText(request).output : (await generateText(request)).output;
    const answer = await read().catch((error: unknown) => error);
    expect(sentBodies().at(-1)).toContain('population');
    // Llama can only be told to follow the schema, and the mock does not listen.
    if (model === models.llama) expect(NoObjectGeneratedError.isInstance(answer)).toBe(true);
    else expect(answer).toEqual({ city: expect.any(String), population: expect.any(Number) });
  });

  test('errors have the status and the words of the gateway', async () => {
    const ask = (name: string, headers = {}): Promise<unknown> =>
      generateText({ ...quiet, model: open(api, name), prompt: question, headers });
    await expect(ask('nobody')).rejects.toMatchObject({
      name: 'AI_APICallError',
      statusCode: 404,
      message: expect.stringContaining('nobody'),
    });
    const throttled = await ask(model, { 'x-mock-fault': 'throttling' }).catch((error: unknown) => error);
    expect(APICallError.isInstance(throttled) && [throttled.statusCode, throttled.isRetryable]).toEqual([
      429,
      true,
    ]);
  });

  test('an exception in a stream is an error part, not an end', async () => {
    const errors: unknown[] = [];
    const { stream, finishReason } = streamText({
      ...quiet,
      model: open(api, model),
      prompt: 'Count from 1 to 20.',
      headers: { 'x-mock-fault': 'mid-stream-throttling;after=6' },
      onError: ({ error }) => {
        errors.push(error);
      },
    });
    const types: string[] = [];
    for await (const part of stream) types.push(part.type);
    expect(types).toContain('text-delta');
    expect(types).toContain('error');
    expect(errors).not.toEqual([]);
    expect(await Promise.resolve(finishReason).catch(() => 'error')).not.toBe('stop');
  });
});

describe.each([
  ['chat', openEnded.converse],
  ['chat', openEnded.invoke],
  ['chat', openEnded.anthropic],
  ['chat', openEnded.openai],
  ['responses', openEnded.converse],
  ['responses', openEnded.invoke],
  ['responses', openEnded.anthropic],
  ['responses', openEnded.openai],
  ['messages', openEnded.converse],
  ['messages', openEnded.invoke],
  ['messages', openEnded.anthropic],
  ['messages', openEnded.openai],
] as const)('Vercel AI SDK, %s, a stream that is aborted: %s', (api, model) => {
  test('ends for the client, and for the provider too', async () => {
    const controller = new AbortController();
    const seen = running.provider.seen();
    const result = streamText({
      ...quiet,
      model: open(api, model),
      prompt: 'Tell me a story.',
      abortSignal: controller.signal,
    });
    const types: string[] = [];
    for await (const part of result.stream) {
      types.push(part.type);
      if (part.type === 'text-delta') {
        expect(part.text).toBe('Once upon');
        expect(running.provider.open()).toBe(1);
        controller.abort();
      }
    }
    expect(types.at(-1)).toBe('abort');
    await waitUntil('the provider’s connection is closed', () => running.provider.open() === 0);
    expect(running.provider.seen()).toBe(seen + 1);
  });
});

describe('Vercel AI SDK, thinking', () => {
  const think = (
    budgetTokens: number,
  ): { anthropic: { thinking: { type: 'enabled'; budgetTokens: number } } } => ({
    anthropic: { thinking: { type: 'enabled', budgetTokens } },
  });
  const reason = {
    openai: { reasoningEffort: 'medium', forceReasoning: true, store: false },
  };

  test.each([
    ['messages', models.invoke, false],
    ['messages', models.invoke, true],
    ['messages', models.anthropic, false],
    ['messages', models.anthropic, true],
    ['messages', thinkingModel, true],
    ['responses', thinkingModel, false],
    ['responses', thinkingModel, true],
    ['responses', models.invoke, false],
    ['responses', models.invoke, true],
    ['responses', models.anthropic, false],
    ['responses', models.anthropic, true],
  ] as const)(
    '%s, %s: the signed thought goes back with the tool’s result (stream: %s)',
    async (api, model, stream) => {
      running.mock.clear();
      const request = {
        ...quiet,
        model: open(api, model),
        maxOutputTokens: 6000,
        providerOptions: api === 'messages' ? think(2000) : reason,
        prompt: 'What is the weather in San Francisco?',
        tools: { get_weather: weather },
        stopWhen: isStepCount(3),
      };
      const result = stream ? streamText(request) : await generateText(request);
      const steps = await result.steps;
      expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
      expect(steps[0]!.reasoningText).toMatch(/\S/);
      expect(readThought(sentBodies().at(-1)!)).toEqual({
        kinds: ['thinking', 'tool_use'],
        text: steps[0]!.reasoningText,
        signature: expect.stringMatching(/\S/),
      });
    },
  );
});

test.each(embeddingModels)('Vercel AI SDK, embeddings: %s', async (model) => {
  const provider = createOpenAI({ baseURL: `${running.gateway.url}/v1`, apiKey: 'a-client-key' });
  const values = model.startsWith('cohere') ? ['a sunny day', 'a rainy night'] : ['a sunny day'];
  const { embeddings, usage } = await embedMany({ ...quiet, model: provider.embeddingModel(model), values });
  expect(embeddings).toHaveLength(values.length);
  for (const embedding of embeddings) expect(embedding.length).toBeGreaterThan(100);
  expect(usage.tokens).toBeGreaterThan(0);
});
