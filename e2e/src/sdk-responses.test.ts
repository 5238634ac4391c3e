import OpenAI, { APIError, APIUserAbortError, BadRequestError, NotFoundError, RateLimitError } from 'openai';
import type {
  FunctionTool,
  Response,
  ResponseFunctionToolCall,
  ResponseInput,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses';
import { pixel, weatherSchema } from './fixtures/content.ts';
import { pdf } from './fixtures/documents.ts';
import { models } from './fixtures/mocked-gateway.ts';
import { openEnded, reasoningModel, thinkingModel, useSdkGateway } from './fixtures/sdk-gateway.ts';
import { waitUntil } from './wait-until.ts';

const running = useSdkGateway();
let client: OpenAI;
beforeAll(() => {
  client = new OpenAI({ baseURL: `${running.gateway.url}/v1`, apiKey: 'a-client-key', maxRetries: 0 });
});
beforeEach(() => {
  running.mock.clear();
});

const question = 'What is the capital of France?';
const answer = 'The capital of France is Paris.';
const weather: FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather at a place',
  parameters: weatherSchema,
  strict: false,
};
const city = {
  type: 'object',
  properties: { city: { type: 'string' }, population: { type: 'integer' } },
  required: ['city', 'population'],
  additionalProperties: false,
};
const bodies = (): string[] => running.mock.requests().map(({ body }) => body.toString());
const typesOf = ({ output }: Response): string[] => output.map(({ type }) => type);

type Request = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'stream'>;

/** The whole answer, or what its stream adds up to. */
function respond(request: Request, stream: boolean): Promise<Response> {
  return stream ? client.responses.stream(request).finalResponse() : client.responses.create(request);
}

async function collect(request: Request): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.create({ ...request, stream: true })) events.push(event);
  return events;
}

function callsOf({ output }: Response): ResponseFunctionToolCall[] {
  return output.filter((item) => item.type === 'function_call');
}

function answerCalls(calls: readonly ResponseFunctionToolCall[]): ResponseInput {
  return calls.map(({ call_id, arguments: input }) => {
    const { location } = JSON.parse(input) as { location: string };
    return { type: 'function_call_output', call_id, output: `18 degrees in ${location}` };
  });
}

describe.each([
  ['Converse (Llama)', models.llama],
  ['Converse (Claude)', models.sonnet],
  ['InvokeModel', models.invoke],
  ['Anthropic', models.anthropic],
  ['OpenAI', models.openai],
] as const)('OpenAI SDK, responses to %s', (_, model) => {
  test('a text, with its usage', async () => {
    const response = await client.responses.create({
      model,
      instructions: 'You are terse.',
      input: question,
    });
    expect(response).toMatchObject({ status: 'completed', error: null, output_text: answer });
    const { input_tokens: input, output_tokens: output, total_tokens: total } = response.usage!;
    expect([input > 0, output > 0, total]).toEqual([true, true, input + output]);
    expect(bodies().at(-1)).toContain('You are terse.');
  });

  test('the events of a stream: numbered, in pairs, and the same text and count at the end', async () => {
    const whole = await client.responses.create({ model, input: question });
    const events = await collect({ model, input: question });
    expect(events.map(({ sequence_number: at }) => at)).toEqual(events.map((_event, index) => index));
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type !== 'response.output_text.delta')).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    const deltas = events.flatMap((event) =>
      event.type === 'response.output_text.delta' ? [event.delta] : [],
    );
    expect([deltas.length > 1, deltas.join('')]).toEqual([true, answer]);
    const last = events.at(-1);
    if (last?.type !== 'response.completed') throw new Error('not completed');
    expect(last.response.usage).toEqual(whole.usage);
    expect(typesOf(last.response)).toEqual(typesOf(whole));
  });

  test.each([false, true])(
    'two tools at once, and their results as input items (stream: %s)',
    async (stream) => {
      const input: ResponseInput = [{ role: 'user', content: 'What is the weather in Paris and Rome?' }];
      const first = await respond({ model, input, tools: [weather] }, stream);
      const calls = callsOf(first);
      expect(calls.map(({ name, arguments: text }) => [name, JSON.parse(text) as unknown])).toEqual([
        ['get_weather', { location: 'Paris' }],
        ['get_weather', { location: 'Rome' }],
      ]);
      expect(new Set(calls.map(({ call_id: id }) => id)).size).toBe(2);
      const more = [...input, ...first.output, ...answerCalls(calls)] as ResponseInput;
      const second = await respond({ model, input: more, tools: [weather] }, stream);
      expect(second.output_text).toContain('18 degrees in Paris');
      expect(second.output_text).toContain('18 degrees in Rome');
    },
  );

  test('one tool at a time, where the client wants it so', async () => {
    const input = 'What is the weather in Paris and Rome?';
    const response = await client.responses.create({
      model,
      input,
      tools: [weather],
      tool_choice: 'required',
      parallel_tool_calls: false,
    });
    // Llama cannot be told so, and the client is told that.
    expect(callsOf(response)).toHaveLength(model === models.llama ? 2 : 1);
  });

  test('earlier turns as input items', async () => {
    const input: ResponseInput = [{ role: 'user', content: 'Hello!' }];
    const first = await client.responses.create({ model, input });
    expect(first.output_text).not.toBe('');
    const more = [...input, ...first.output, { role: 'user', content: question }] as ResponseInput;
    const second = await client.responses.create({ model, input: more });
    expect(second.output_text).toBe(answer);
    expect(bodies().at(-1)).toContain(JSON.stringify(first.output_text).slice(1, -1));
  });

  test.each([false, true])('an object of a schema (stream: %s)', async (stream) => {
    const format = { type: 'json_schema', name: 'city', schema: city, strict: true } as const;
    const read = async (): Promise<unknown> =>
      JSON.parse((await respond({ model, input: question, text: { format } }, stream)).output_text);
    // Llama can only be told to follow the schema, and the mock does not listen.
    if (model === models.llama) await expect(read()).rejects.toThrow(/JSON/);
    else expect(await read()).toEqual({ city: expect.any(String), population: expect.any(Number) });
    expect(bodies().at(-1)).toContain('population');
  });

  test('an image and a PDF', async () => {
    const response = await client.responses.create({
      model,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What are these?' },
            { type: 'input_image', image_url: `data:image/png;base64,${pixel}`, detail: 'auto' },
            { type: 'input_file', filename: 'page.pdf', file_data: `data:application/pdf;base64,${pdf}` },
          ],
        },
      ],
    });
    expect(response.output_text).toMatch(/I received an image .*and a (document|file)/);
    expect(bodies().at(-1)).toContain(pixel);
    expect(bodies().at(-1)).toContain(pdf);
  });

  test('an answer that is cut is incomplete, and says why', async () => {
    const request = { model, input: 'Count from 1 to 500.', max_output_tokens: 20 };
    for (const stream of [false, true]) {
      const response = await respond(request, stream);
      expect(response).toMatchObject({
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
      });
    }
  });

  test('errors arrive as the errors of the SDK', async () => {
    const ask = (name: string, headers = {}, stream = false): Promise<unknown> =>
      stream
        ? client.responses.create({ model: name, input: question, stream }, { headers })
        : client.responses.create({ model: name, input: question }, { headers });
    await expect(ask('nobody')).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.responses.create({ model, input: [] })).rejects.toBeInstanceOf(BadRequestError);
    const throttling = { 'x-mock-fault': 'throttling' };
    await expect(ask(model, throttling)).rejects.toBeInstanceOf(RateLimitError);
    await expect(ask(model, throttling, true)).rejects.toBeInstanceOf(RateLimitError);
  });

  test('an exception in a stream is raised, after the text before it', async () => {
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      const request = { model, input: 'Count from 1 to 20.', stream: true } as const;
      const headers = { 'x-mock-fault': 'mid-stream-throttling;after=6' };
      for await (const { type } of await client.responses.create(request, { headers })) seen.push(type);
    };
    await expect(read()).rejects.toBeInstanceOf(APIError);
    expect(seen).toContain('response.output_text.delta');
    expect(seen).not.toContain('response.completed');
  });
});

describe.each([
  ['Converse', thinkingModel],
  ['InvokeModel', models.invoke],
  ['Anthropic', models.anthropic],
  ['OpenAI', reasoningModel],
] as const)('OpenAI SDK, reasoning through responses: %s', (_, model) => {
  test.each([false, true])('comes back whole with the tool’s result (stream: %s)', async (stream) => {
    const input: ResponseInput = [{ role: 'user', content: 'What is the weather in San Francisco?' }];
    const request = {
      model,
      tools: [weather],
      store: false,
      max_output_tokens: 20_000,
      reasoning: { effort: 'medium', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    } satisfies Request;
    const first = await respond({ ...request, input }, stream);
    expect(typesOf(first)).toEqual(['reasoning', 'function_call']);
    expect(first.output[0]).toMatchObject({
      summary: [{ type: 'summary_text', text: expect.stringMatching(/\S/) }],
      encrypted_content: expect.stringMatching(/\S/),
    });
    const more = [...input, ...first.output, ...answerCalls(callsOf(first))] as ResponseInput;
    const second = await respond({ ...request, input: more }, stream);
    // The mock refuses a thought that is not exactly its own.
    expect(second.output_text).toContain('18 degrees in San Francisco');
    expect(running.mock.requests().map(({ status }) => status)).toEqual([200, 200]);
  });
});

test.each([openEnded.converse, openEnded.invoke, openEnded.anthropic, openEnded.openai])(
  'OpenAI SDK, a stream of a response that is aborted ends for the provider too: %s',
  async (model) => {
    const seen = running.provider.seen();
    const stream = await client.responses.create({ model, input: 'Tell me a story.', stream: true });
    const read = async (): Promise<void> => {
      for await (const event of stream) {
        if (event.type !== 'response.output_text.delta') continue;
        expect([event.delta, running.provider.open()]).toEqual(['Once upon', 1]);
        stream.controller.abort();
      }
    };
    await read().catch((error: unknown) => {
      expect(error).toBeInstanceOf(APIUserAbortError);
    });
    await waitUntil('the provider’s connection is closed', () => running.provider.open() === 0);
    expect(running.provider.seen()).toBe(seen + 1);
  },
);
