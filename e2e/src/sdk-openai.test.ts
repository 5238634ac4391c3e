import OpenAI, { APIUserAbortError, BadRequestError, NotFoundError } from 'openai';
import { pixel, weatherSchema } from './fixtures/content.ts';
import { pdf } from './fixtures/documents.ts';
import { models } from './fixtures/mocked-gateway.ts';
import { readThought } from './fixtures/read-thought.ts';
import { addUpMessage, type Call, type ThinkingMessage } from './fixtures/thinking-message.ts';
import {
  completionModel,
  embeddingModels,
  openaiEmbedding,
  openEnded,
  thinkingModel,
  useSdkGateway,
} from './fixtures/sdk-gateway.ts';
import { waitUntil } from './wait-until.ts';

const running = useSdkGateway();
let client: OpenAI;
beforeAll(() => {
  client = new OpenAI({ baseURL: `${running.gateway.url}/v1`, apiKey: 'a-client-key', maxRetries: 0 });
});

const hello = [{ role: 'user' as const, content: 'What is the capital of France?' }];
const city = {
  type: 'object',
  properties: { city: { type: 'string' }, population: { type: 'integer' } },
  required: ['city', 'population'],
  additionalProperties: false,
};

type Request = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** The whole answer, or what its stream adds up to. */
function complete(request: Omit<Request, 'stream'>, stream: boolean): Promise<OpenAI.ChatCompletion> {
  return stream
    ? client.chat.completions.stream(request).finalChatCompletion()
    : client.chat.completions.create(request);
}

function callsOf({ choices }: OpenAI.ChatCompletion): Call[] {
  return (choices[0]!.message.tool_calls ?? []).filter((call) => call.type === 'function');
}

function answerCalls(calls: readonly Call[]): OpenAI.ChatCompletionMessageParam[] {
  return calls.map(({ id, function: { arguments: input } }) => {
    const { location } = JSON.parse(input) as { location: string };
    return { role: 'tool', tool_call_id: id, content: `18 degrees in ${location}` };
  });
}

const weatherTool = {
  type: 'function' as const,
  function: { name: 'get_weather', description: 'The weather at a place', parameters: weatherSchema },
};

describe.each([
  ['Converse (Llama)', models.llama],
  ['Converse (Claude)', models.sonnet],
  ['InvokeModel', models.invoke],
  ['Anthropic', models.anthropic],
  ['OpenAI', models.openai],
] as const)('OpenAI SDK to %s', (_, model) => {
  test('a completion, through every kind of backend [A73]', async () => {
    const completion = await client.chat.completions.create({
      model,
      max_completion_tokens: 50,
      messages: hello,
    });
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: expect.stringContaining('Paris') },
    });
    const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = completion.usage!;
    expect([input > 0, output > 0, total]).toEqual([true, true, input + output]);
  });

  test('a stream says the same, and counts the same', async () => {
    const request = { model, max_completion_tokens: 50, messages: hello };
    const whole = await client.chat.completions.create(request);
    const stream = await client.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    const reasons: string[] = [];
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
      usage = chunk.usage ?? usage;
    }
    expect([text, reasons]).toEqual([whole.choices[0]!.message.content, ['stop']]);
    expect(usage).toMatchObject({
      prompt_tokens: whole.usage!.prompt_tokens,
      completion_tokens: whole.usage!.completion_tokens,
    });
  });

  test('a system prompt and several turns', async () => {
    const completion = await client.chat.completions.create({
      model,
      max_completion_tokens: 50,
      messages: [
        { role: 'system', content: 'You are terse.' },
        { role: 'user', content: 'Hello!' },
        { role: 'assistant', content: 'Hi.' },
        ...hello,
      ],
    });
    expect(completion.choices[0]!.message.content).toContain('Paris');
    expect(running.mock.requests().at(-1)!.body.toString()).toContain('You are terse.');
  });

  test.each([false, true])('a tool is called, and its result is answered (stream: %s)', async (stream) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'What is the weather in San Francisco?' },
    ];
    const request = { model, max_completion_tokens: 200, tools: [weatherTool], messages };
    const first = stream
      ? await client.chat.completions.stream(request).finalChatCompletion()
      : await client.chat.completions.create(request);
    expect(first.choices[0]!.finish_reason).toBe('tool_calls');
    const [call] = first.choices[0]!.message.tool_calls!;
    if (call?.type !== 'function') throw new Error(`not a function call: ${JSON.stringify(call)}`);
    expect(call.function.name).toBe('get_weather');
    expect(JSON.parse(call.function.arguments)).toMatchObject({
      location: expect.stringContaining('San Francisco'),
    });
    const second = await client.chat.completions.create({
      ...request,
      messages: [
        ...messages,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: call.id, content: '18 degrees, fog' },
      ],
    });
    expect(second.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining('18 degrees') },
    });
  });

  test.each([false, true])('two tools at once, and their results (stream: %s)', async (stream) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'What is the weather in Paris and Rome?' },
    ];
    const first = await complete({ model, tools: [weatherTool], messages }, stream);
    const calls = callsOf(first);
    expect(calls.map((call) => JSON.parse(call.function.arguments) as unknown)).toEqual([
      { location: 'Paris' },
      { location: 'Rome' },
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const more = [...messages, first.choices[0]!.message, ...answerCalls(calls)];
    const second = await complete({ model, tools: [weatherTool], messages: more }, stream);
    const text = second.choices[0]!.message.content;
    expect(text).toContain('18 degrees in Paris');
    expect(text).toContain('18 degrees in Rome');
  });

  test.each([false, true])('an object of a schema (stream: %s)', async (stream) => {
    const json_schema = { name: 'city', schema: city, strict: true };
    const read = async (): Promise<unknown> => {
      const request = {
        model,
        messages: hello,
        response_format: { type: 'json_schema' as const, json_schema },
      };
      return JSON.parse((await complete(request, stream)).choices[0]!.message.content!);
    };
    // Llama can only be told to follow the schema, and the mock does not listen.
    if (model === models.llama) await expect(read()).rejects.toThrow(/JSON/);
    else expect(await read()).toEqual({ city: expect.any(String), population: expect.any(Number) });
    expect(running.mock.requests().at(-1)!.body.toString()).toContain('population');
  });

  test('a PDF', async () => {
    const file = { filename: 'page.pdf', file_data: `data:application/pdf;base64,${pdf}` };
    const completion = await client.chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', file },
            { type: 'text', text: 'What is this?' },
          ],
        },
      ],
    });
    expect(completion.choices[0]!.message.content).toMatch(/I received a (document|file)/);
    expect(running.mock.requests().at(-1)!.body.toString()).toContain(pdf);
  });

  test('an image', async () => {
    const completion = await client.chat.completions.create({
      model,
      max_completion_tokens: 50,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in this picture?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
          ],
        },
      ],
    });
    expect(completion.choices[0]!.message.content).toMatch(/\S/);
    expect(running.mock.requests().at(-1)!.body.toString()).toContain(pixel);
  });

  test('errors arrive as the errors of the SDK', async () => {
    await expect(client.chat.completions.create({ model: 'nobody', messages: hello })).rejects.toBeInstanceOf(
      NotFoundError,
    );
    await expect(client.chat.completions.create({ model, messages: [] })).rejects.toBeInstanceOf(
      BadRequestError,
    );
  });
});

describe.each([
  ['Converse', thinkingModel],
  ['InvokeModel', models.invoke],
  ['Anthropic', models.anthropic],
] as const)('OpenAI SDK, thinking on %s', (_, model) => {
  test.each([false, true])(
    'the signed thought goes back with the tool’s result (stream: %s)',
    async (stream) => {
      const messages: OpenAI.ChatCompletionMessageParam[] = [
        { role: 'user', content: 'What is the weather in San Francisco?' },
      ];
      const request = {
        model,
        tools: [weatherTool],
        max_completion_tokens: 20_000,
        reasoning_effort: 'medium' as const,
      };
      const message = await readMessage({ ...request, messages }, stream);
      expect(message.reasoning_content).toMatch(/\S/);
      const calls = message.tool_calls;
      const more = [...messages, message, ...answerCalls(calls)];
      const second = await client.chat.completions.create({ ...request, messages: more });
      expect(second.choices[0]!.message.content).toContain('18 degrees in San Francisco');
      expect(readThought(running.mock.requests().at(-1)!.body.toString())).toEqual({
        kinds: ['thinking', 'tool_use'],
        text: message.reasoning_content,
        signature: expect.stringMatching(/\S/),
      });
    },
  );
});

/** The SDK adds up only the members that OpenAI has, so streams are read by hand. */
async function readMessage(request: Omit<Request, 'stream'>, stream: boolean): Promise<ThinkingMessage> {
  if (stream) return addUpMessage(await client.chat.completions.create({ ...request, stream: true }));
  return (await client.chat.completions.create(request)).choices[0]!.message as ThinkingMessage;
}

test.each([openEnded.converse, openEnded.invoke, openEnded.anthropic, openEnded.openai])(
  'OpenAI SDK, a stream that is aborted ends for the provider too: %s',
  async (model) => {
    const seen = running.provider.seen();
    const stream = await client.chat.completions.create({ model, messages: hello, stream: true });
    let text = '';
    const read = async (): Promise<void> => {
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        if (text === '') continue;
        expect(running.provider.open()).toBe(1);
        stream.controller.abort();
      }
    };
    await read().catch((error: unknown) => {
      expect(error).toBeInstanceOf(APIUserAbortError);
    });
    expect(text).toBe('Once upon');
    await waitUntil('the provider’s connection is closed', () => running.provider.open() === 0);
    expect(running.provider.seen()).toBe(seen + 1);
  },
);

test.each([...embeddingModels, openaiEmbedding])('OpenAI SDK, embeddings: %s', async (model) => {
  const { data, usage } = await client.embeddings.create({ model, input: 'a sunny day' });
  expect(data[0]!.embedding.length).toBeGreaterThan(100);
  expect(data[0]!.embedding.every((value) => Number.isFinite(value) && Math.abs(value) <= 1)).toBe(true);
  expect(usage.prompt_tokens).toBeGreaterThan(0);
});

test('OpenAI SDK, a completion of plain text, and its stream', async () => {
  const request = { model: completionModel, prompt: 'What is the capital of France?' };
  const whole = await client.completions.create(request);
  expect(whole.choices[0]).toMatchObject({
    text: 'The capital of France is Paris.',
    finish_reason: 'stop',
  });
  let text = '';
  for await (const { choices } of await client.completions.create({ ...request, stream: true })) {
    text += choices[0]?.text ?? '';
  }
  expect(text).toBe(whole.choices[0]!.text);
});
