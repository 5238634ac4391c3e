import Anthropic, { APIUserAbortError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import { pixel, weatherSchema } from './fixtures/content.ts';
import { pdf } from './fixtures/documents.ts';
import { models } from './fixtures/mocked-gateway.ts';
import { openEnded, thinkingModel, useSdkGateway } from './fixtures/sdk-gateway.ts';
import { waitUntil } from './wait-until.ts';

const running = useSdkGateway();
const clientFor = (path: string): Anthropic =>
  new Anthropic({ baseURL: running.gateway.url + path, apiKey: 'a-client-key', maxRetries: 0 });

const hello = [{ role: 'user' as const, content: 'What is the capital of France?' }];
const city = {
  type: 'object',
  properties: { city: { type: 'string' }, population: { type: 'integer' } },
  required: ['city', 'population'],
  additionalProperties: false,
};
const weatherTool = {
  name: 'get_weather',
  description: 'The weather at a place',
  input_schema: weatherSchema,
};

describe.each([
  ['InvokeModel chosen by the model', '', models.sonnet],
  ['InvokeModel', '/anthropic', models.invoke],
  ['Anthropic', '', models.anthropic],
  ['Converse', '', models.llama],
  ['OpenAI', '', models.openai],
] as const)('Anthropic SDK to %s', (_, path, model) => {
  test('a message', async () => {
    const message = await clientFor(path).messages.create({ model, max_tokens: 50, messages: hello });
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' });
    expect(message.content).toEqual([
      expect.objectContaining({ type: 'text', text: expect.stringContaining('Paris') }),
    ]);
    expect(message.usage.input_tokens).toBeGreaterThan(0);
    expect(message._request_id).toEqual(expect.any(String));
  });

  test('a stream says the same, and counts the same', async () => {
    const request = { model, max_tokens: 50, messages: hello };
    const whole = await clientFor(path).messages.create(request);
    const stream = clientFor(path).messages.stream(request);
    const pieces: string[] = [];
    stream.on('text', (text) => pieces.push(text));
    const final = await stream.finalMessage();
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(
      whole.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    );
    expect(final.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(final.stop_reason).toBe('end_turn');
  });

  test.each([false, true])(
    'the tool runner goes to the end, without a thread (stream: %s)',
    async (stream) => {
      const runner = clientFor(path).beta.messages.toolRunner({
        model,
        max_tokens: 200,
        stream,
        messages: [{ role: 'user', content: 'What is the weather in San Francisco?' }],
        tools: [{ ...weatherTool, type: 'custom', run: () => 'sunny', parse: (input: unknown) => input }],
      });
      expect(JSON.stringify((await runner.runUntilDone()).content)).toContain('sunny');
    },
  );

  test.each([false, true])('a tool is called, and its result is answered (stream: %s)', async (stream) => {
    const client = clientFor(path);
    const request = {
      model,
      max_tokens: 200,
      tools: [weatherTool],
      messages: [{ role: 'user' as const, content: 'What is the weather in San Francisco?' }],
    };
    const first = stream
      ? await client.messages.stream(request).finalMessage()
      : await client.messages.create(request);
    expect(first.stop_reason).toBe('tool_use');
    const call = first.content.find((block) => block.type === 'tool_use')!;
    expect(call).toMatchObject({
      name: 'get_weather',
      input: { location: expect.stringContaining('San Francisco') },
    });
    const second = await client.messages.create({
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', content: first.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: call.id, content: '18 degrees, fog' }],
        },
      ],
    });
    expect(second.stop_reason).toBe('end_turn');
    expect(JSON.stringify(second.content)).toContain('18 degrees');
  });

  test.each([false, true])('two tools at once, and their results (stream: %s)', async (stream) => {
    const client = clientFor(path);
    const messages: Anthropic.MessageParam[] = [
      { role: 'user', content: 'What is the weather in Paris and Rome?' },
    ];
    const request = { model, max_tokens: 300, tools: [weatherTool] };
    const ask = (turns: Anthropic.MessageParam[]): Promise<Anthropic.Message> =>
      stream
        ? client.messages.stream({ ...request, messages: turns }).finalMessage()
        : client.messages.create({ ...request, messages: turns });
    const first = await ask(messages);
    const calls = first.content.filter((block) => block.type === 'tool_use');
    expect(calls.map(({ input }) => input)).toEqual([{ location: 'Paris' }, { location: 'Rome' }]);
    const results = calls.map(({ id, input }) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: `18 degrees in ${(input as { location: string }).location}`,
    }));
    const second = await ask([
      ...messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: results },
    ]);
    expect(JSON.stringify(second.content)).toContain('18 degrees in Paris');
    expect(JSON.stringify(second.content)).toContain('18 degrees in Rome');
  });

  test.each([false, true])('an object of a schema (stream: %s)', async (stream) => {
    const client = clientFor(path);
    const format = { type: 'json_schema' as const, schema: city };
    const request = { model, max_tokens: 300, messages: hello, output_config: { format } };
    const read = async (): Promise<unknown> => {
      const { content } = stream
        ? await client.messages.stream(request).finalMessage()
        : await client.messages.create(request);
      return JSON.parse(content.map((block) => (block.type === 'text' ? block.text : '')).join(''));
    };
    // These can only be told to follow the schema, and the mock does not listen.
    if (model === models.llama || model === models.sonnet) await expect(read()).rejects.toThrow(/JSON/);
    else expect(await read()).toEqual({ city: expect.any(String), population: expect.any(Number) });
    expect(running.mock.requests().at(-1)!.body.toString()).toContain('population');
  });

  test('a PDF', async () => {
    const source = { type: 'base64' as const, media_type: 'application/pdf' as const, data: pdf };
    const message = await clientFor(path).messages.create({
      model,
      max_tokens: 100,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'document', source, title: 'page' },
            { type: 'text', text: 'What is this?' },
          ],
        },
      ],
    });
    expect(message.content[0]).toMatchObject({
      text: expect.stringMatching(/I received a (document|file)/),
    });
    expect(running.mock.requests().at(-1)!.body.toString()).toContain(pdf);
  });

  test('an image', async () => {
    const message = await clientFor(path).messages.create({
      model,
      max_tokens: 50,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
            { type: 'text', text: 'What is in this picture?' },
          ],
        },
      ],
    });
    expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringMatching(/\S/) });
    expect(running.mock.requests().at(-1)!.body.toString()).toContain(pixel);
  });

  test('errors arrive as the errors of the SDK', async () => {
    const client = clientFor(path);
    await expect(
      client.messages.create({ model: 'nobody', max_tokens: 5, messages: hello }),
    ).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.messages.create({ model, max_tokens: 5, messages: [] })).rejects.toBeInstanceOf(
      BadRequestError,
    );
  });
});

describe.each([
  ['InvokeModel', models.invoke],
  ['InvokeModel chosen by the model', thinkingModel],
  ['Anthropic', models.anthropic],
] as const)('extended thinking on %s', (_, model) => {
  test.each([false, true])(
    'the signed thought survives into the second turn (stream: %s)',
    async (stream) => {
      const client = clientFor('');
      const request = {
        model,
        max_tokens: 4000,
        thinking: { type: 'enabled' as const, budget_tokens: 2000 },
        tools: [weatherTool],
        messages: [{ role: 'user' as const, content: 'What is the weather in San Francisco?' }],
      };
      const first = stream
        ? await client.messages.stream(request).finalMessage()
        : await client.messages.create(request);
      const thought = first.content.find((block) => block.type === 'thinking')!;
      expect(thought.signature).toMatch(/\S/);
      const call = first.content.find((block) => block.type === 'tool_use')!;
      const second = await client.messages.create({
        ...request,
        messages: [
          ...request.messages,
          { role: 'assistant', content: first.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: '18 degrees' }] },
        ],
      });
      expect(second.stop_reason).toBe('end_turn');
      expect(running.mock.requests().at(-1)!.body.toString()).toContain(JSON.stringify(thought.signature));
    },
  );

  test('a forged signature is refused in the provider’s words', async () => {
    const forged = { type: 'thinking' as const, thinking: 'I think.', signature: 'Zm9yZ2Vk' };
    const request = {
      model,
      max_tokens: 4000,
      thinking: { type: 'enabled' as const, budget_tokens: 2000 },
      messages: [
        ...hello,
        { role: 'assistant' as const, content: [forged, { type: 'text' as const, text: 'Paris.' }] },
        { role: 'user' as const, content: 'Sure?' },
      ],
    };
    await expect(clientFor('').messages.create(request)).rejects.toThrow(/signature/i);
  });
});

test('the key that a client sends plays no part: the gateway has its own', async () => {
  const message = await clientFor('').messages.create({
    model: models.anthropic,
    max_tokens: 5,
    messages: hello,
  });
  expect(message.type).toBe('message');
  const seen = running.mock.requests().at(-1)!;
  expect(JSON.stringify(seen.headers)).not.toContain('a-client-key');
});

test.each([openEnded.converse, openEnded.invoke, openEnded.anthropic, openEnded.openai])(
  'a stream that is aborted ends for the provider too: %s',
  async (model) => {
    const seen = running.provider.seen();
    const stream = clientFor('').messages.stream({ model, max_tokens: 50, messages: hello });
    let text = '';
    stream.on('text', (piece) => {
      text += piece;
      expect(running.provider.open()).toBe(1);
      stream.abort();
    });
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIUserAbortError);
    expect(text).toBe('Once upon');
    await waitUntil('the provider’s connection is closed', () => running.provider.open() === 0);
    expect(running.provider.seen()).toBe(seen + 1);
  },
);
