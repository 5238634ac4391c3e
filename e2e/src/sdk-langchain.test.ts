import { ChatAnthropic } from '@langchain/anthropic';
import {
  type AIMessageChunk,
  type ContentBlock,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { pixel } from './fixtures/content.ts';
import { pdf } from './fixtures/documents.ts';
import { models } from './fixtures/mocked-gateway.ts';
import { readThought } from './fixtures/read-thought.ts';
import { embeddingModels, openEnded, thinkingModel, useSdkGateway } from './fixtures/sdk-gateway.ts';
import { waitUntil } from './wait-until.ts';

const running = useSdkGateway();

type Api = 'chat' | 'responses' | 'messages';
interface OpenOptions {
  readonly headers?: Record<string, string>;
  readonly thinking?: boolean;
}

function open(
  api: Api,
  model: string,
  { headers = {}, thinking }: OpenOptions = {},
): ChatAnthropic | ChatOpenAI {
  const basics = { model, apiKey: 'a-client-key', maxRetries: 0 };
  if (api === 'messages') {
    return new ChatAnthropic({
      ...basics,
      maxTokens: 6000,
      anthropicApiUrl: running.gateway.url,
      clientOptions: { defaultHeaders: headers },
      ...(thinking && { thinking: { type: 'enabled', budget_tokens: 2000 } }),
    });
  }
  return new ChatOpenAI({
    ...basics,
    useResponsesApi: api === 'responses',
    configuration: { baseURL: `${running.gateway.url}/v1`, defaultHeaders: headers },
    // Its own `reasoning` is left out for models that it does not know to reason.
    ...(thinking && {
      zdrEnabled: true,
      modelKwargs: {
        reasoning: { effort: 'medium', summary: 'auto' },
        include: ['reasoning.encrypted_content'],
      },
    }),
  });
}

async function concat(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of stream) whole = whole?.concat(chunk) ?? chunk;
  return whole!;
}

const weather = tool(({ location }: { location: string }) => `18 degrees in ${location}`, {
  name: 'get_weather',
  description: 'The weather at a place',
  schema: {
    type: 'object',
    properties: { location: { type: 'string' } },
    required: ['location'],
    additionalProperties: false,
  },
});
const city = {
  title: 'city',
  type: 'object',
  properties: { city: { type: 'string' }, population: { type: 'integer' } },
  required: ['city', 'population'],
  additionalProperties: false,
};
const sentBodies = (): string[] => running.mock.requests().map(({ body }) => body.toString());

/** Runs the tools that were called, and asks again with all that came before. */
async function answerCalls(
  model: ReturnType<ReturnType<typeof open>['bindTools']>,
  prompt: string,
  first: AIMessageChunk,
): Promise<string> {
  const results = (first.tool_calls ?? []).map(
    ({ id = '', args }) =>
      new ToolMessage({ tool_call_id: id, content: `18 degrees in ${String(args['location'])}` }),
  );
  return (await model.invoke([new HumanMessage(prompt), first, ...results])).text;
}

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

describe.each(cases)('LangChain, %s to %s', (api, _, model) => {
  beforeEach(() => {
    running.mock.clear();
  });

  test('a text, and the same text and count as a stream', async () => {
    const prompt = [new SystemMessage('You are terse.'), new HumanMessage('What is the capital of France?')];
    const whole = await open(api, model).invoke(prompt);
    expect(whole.text).toBe('The capital of France is Paris.');
    const { input_tokens: input, output_tokens: output } = whole.usage_metadata!;
    expect([input > 0, output > 0]).toEqual([true, true]);
    const streamed = await concat(await open(api, model).stream(prompt));
    expect(streamed.text).toBe(whole.text);
    // It adds up the first and the last count of Anthropic's streams, and takes the input from the first alone.
    if (api !== 'messages') {
      expect(streamed.usage_metadata).toMatchObject({ input_tokens: input, output_tokens: output });
    }
    for (const body of sentBodies()) expect(body).toContain('You are terse.');
  });

  test.each([false, true])(
    'two tools at once, and the answer from their results (stream: %s)',
    async (stream) => {
      const bound = open(api, model).bindTools([weather]);
      const prompt = 'What is the weather in Paris and Rome?';
      const first = stream ? await concat(await bound.stream(prompt)) : await bound.invoke(prompt);
      expect(first.tool_calls).toMatchObject([
        { name: 'get_weather', args: { location: 'Paris' } },
        { name: 'get_weather', args: { location: 'Rome' } },
      ]);
      const text = await answerCalls(bound, prompt, first);
      expect(text).toContain('18 degrees in Paris');
      expect(text).toContain('18 degrees in Rome');
    },
  );

  test('an image and a PDF', async () => {
    const contentBlocks: ContentBlock.Standard[] = [
      { type: 'image', mimeType: 'image/png', data: pixel },
      { type: 'file', mimeType: 'application/pdf', data: pdf, metadata: { filename: 'page.pdf' } },
      { type: 'text', text: 'What are these?' },
    ];
    const answer = await open(api, model).invoke([new HumanMessage({ contentBlocks })]);
    expect(answer.text).toMatch(/^I received an image/);
    expect(sentBodies().at(-1)).toContain(pixel);
    expect(sentBodies().at(-1)).toContain(pdf);
  });

  test('an object of a schema', async () => {
    const structured = open(api, model).withStructuredOutput(city);
    const answer = await structured
      .invoke('Which city is the capital of France?')
      .catch((error: unknown) => error);
    expect(sentBodies().at(-1)).toContain('population');
    // Llama can only be told to follow the schema, and the mock does not listen.
    if (model === models.llama) expect(answer).toBeInstanceOf(Error);
    else expect(answer).toEqual({ city: expect.any(String), population: expect.any(Number) });
  });

  test('errors have the status and the words of the gateway', async () => {
    await expect(open(api, 'nobody').invoke('Hello')).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('nobody'),
    });
    const throttled = open(api, model, { headers: { 'x-mock-fault': 'throttling' } });
    await expect(throttled.invoke('Hello')).rejects.toMatchObject({ status: 429 });
  });

  test('an exception in a stream raises', async () => {
    const failing = open(api, model, { headers: { 'x-mock-fault': 'mid-stream-throttling;after=6' } });
    let text = '';
    const read = async (): Promise<void> => {
      for await (const chunk of await failing.stream('Count from 1 to 20.')) text += chunk.text;
    };
    await expect(read()).rejects.toThrow(/\S/);
    expect(text).not.toBe('');
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
] as const)('LangChain, %s, a stream that is aborted: %s', (api, model) => {
  test('ends for the client, and for the provider too', async () => {
    const controller = new AbortController();
    const seen = running.provider.seen();
    const stream = await open(api, model).stream('Tell me a story.', { signal: controller.signal });
    let text = '';
    const read = async (): Promise<void> => {
      for await (const chunk of stream) {
        text += chunk.text;
        if (text === '') continue;
        expect(running.provider.open()).toBe(1);
        controller.abort();
      }
    };
    await expect(read()).rejects.toThrow(/abort/i);
    expect(text).toBe('Once upon');
    await waitUntil('the provider’s connection is closed', () => running.provider.open() === 0);
    expect(running.provider.seen()).toBe(seen + 1);
  });
});

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
  'LangChain, %s, %s: the signed thought goes back with the tool’s result (stream: %s)',
  async (api, model, stream) => {
    running.mock.clear();
    const bound = open(api, model, { thinking: true }).bindTools([weather]);
    const prompt = 'What is the weather in San Francisco?';
    const first = stream ? await concat(await bound.stream(prompt)) : await bound.invoke(prompt);
    expect(first.tool_calls).toHaveLength(1);
    expect(await answerCalls(bound, prompt, first)).toContain('18 degrees in San Francisco');
    expect(readThought(sentBodies().at(-1)!)).toEqual({
      kinds: ['thinking', 'tool_use'],
      text: expect.stringMatching(/\S/),
      signature: expect.stringMatching(/\S/),
    });
  },
);

test.each(embeddingModels)('LangChain, embeddings: %s', async (model) => {
  const configuration = { baseURL: `${running.gateway.url}/v1` };
  const embeddings = new OpenAIEmbeddings({ model, apiKey: 'a-client-key', maxRetries: 0, configuration });
  const vector = await embeddings.embedQuery('a sunny day');
  expect(vector.length).toBeGreaterThan(100);
  expect(vector.every((value) => Number.isFinite(value))).toBe(true);
});
