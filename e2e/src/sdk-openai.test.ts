import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { pixel, weatherSchema } from './fixtures/content.ts';
import { models, useMockedGateway } from './fixtures/mocked-gateway.ts';

const running = useMockedGateway();
let client: OpenAI;
beforeAll(() => {
  client = new OpenAI({ baseURL: `${running.gateway.url}/v1`, apiKey: 'a-client-key', maxRetries: 0 });
});

const hello = [{ role: 'user' as const, content: 'What is the capital of France?' }];
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
