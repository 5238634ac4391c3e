import OpenAI from 'openai';
import type {
  FunctionTool,
  ResponseError as SdkError,
  ResponseOutputItem as SdkOutputItem,
  ResponseStreamEvent,
  ResponseUsage as SdkUsage,
  Response as SdkResponse,
} from 'openai/resources/responses/responses';
import { createTranslator } from '../../registry.ts';
import type { ResponseError, ResponseOutputItem, ResponseUsage } from '../../schemas/openai/response.ts';
import { concatBytes, encodeException } from '../../testing/encode-event-stream.ts';
import { encodeConverseEvents } from '../../testing/provider-streams.ts';
import {
  finishBuffered,
  runStream,
  startTranslator,
  testHead,
  testRequest,
  testTarget,
} from '../../testing/run-translator.ts';
import { encodeResponse } from './encode-answer.ts';

/** The shapes that we write are shapes that the SDK declares: these lines compile, or the types have parted. */
export const asSdkItem = (item: ResponseOutputItem): SdkOutputItem => item;
export const asSdkUsage = (usage: ResponseUsage): SdkUsage => usage;
export const asSdkError = (error: ResponseError): SdkError => error;

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
type KeysOf<Type extends ResponseStreamEvent['type']> = Record<
  RequiredKeys<Extract<ResponseStreamEvent, { type: Type }>>,
  true
>;

const part = {
  item_id: true,
  output_index: true,
  content_index: true,
  sequence_number: true,
  type: true,
} as const;
const summary = {
  item_id: true,
  output_index: true,
  summary_index: true,
  sequence_number: true,
  type: true,
} as const;
const item = { item: true, output_index: true, sequence_number: true, type: true } as const;
const call = { item_id: true, output_index: true, sequence_number: true, type: true } as const;
const response = { response: true, sequence_number: true, type: true } as const;
/** What the SDK requires of each event that we write. */
const requiredOfEvents = {
  'response.created': response,
  'response.in_progress': response,
  'response.output_item.added': item,
  'response.output_item.done': item,
  'response.content_part.added': { ...part, part: true },
  'response.content_part.done': { ...part, part: true },
  'response.output_text.delta': { ...part, delta: true, logprobs: true },
  'response.output_text.done': { ...part, text: true, logprobs: true },
  'response.output_text.annotation.added': { ...part, annotation: true, annotation_index: true },
  'response.reasoning_text.delta': { ...part, delta: true },
  'response.reasoning_text.done': { ...part, text: true },
  'response.reasoning_summary_part.added': { ...summary, part: true },
  'response.reasoning_summary_part.done': { ...summary, part: true },
  'response.reasoning_summary_text.delta': { ...summary, delta: true },
  'response.reasoning_summary_text.done': { ...summary, text: true },
  'response.function_call_arguments.delta': { ...call, delta: true },
  'response.function_call_arguments.done': { ...call, arguments: true },
  'response.completed': response,
  'response.incomplete': response,
  'response.failed': response,
  error: { code: true, message: true, param: true, sequence_number: true, type: true },
} as const satisfies { [Type in ResponseStreamEvent['type']]?: KeysOf<Type> };

/** `output_text` is the SDK's own, made from the output. */
const requiredOfResponse: Record<Exclude<RequiredKeys<SdkResponse>, 'output_text'>, true> = {
  id: true,
  access_programs: true,
  created_at: true,
  error: true,
  incomplete_details: true,
  instructions: true,
  metadata: true,
  model: true,
  object: true,
  output: true,
  parallel_tool_calls: true,
  temperature: true,
  tool_choice: true,
  tools: true,
  top_p: true,
};

const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const tool: FunctionTool = { type: 'function', name: 'a.b', parameters: { type: 'object' }, strict: false };
const begin = encodeConverseEvents([
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'hm' } } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'The answer' } }],
  [
    'contentBlockDelta',
    { contentBlockIndex: 1, delta: { citation: { title: 'X', location: { web: { url: 'https://x' } } } } },
  ],
  ['contentBlockStop', { contentBlockIndex: 1 }],
  ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't', name: 'a_b' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"a":1}' } } }],
]);
const end = (stopReason: string): Uint8Array =>
  encodeConverseEvents([
    ['contentBlockStop', { contentBlockIndex: 2 }],
    ['messageStop', { stopReason }],
    ['metadata', { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } }],
  ]);
const failing = concatBytes(begin, encodeException('throttlingException', { message: 'slow down' }));

/** The official client, whose requests we answer from `upstream`, what Bedrock streams. */
function createClient(upstream: Uint8Array): OpenAI {
  const fetch = (_url: unknown, init?: { body?: unknown }): Promise<globalThis.Response> => {
    const request = testRequest('responses', String(init?.body));
    const translator = startTranslator(createTranslator, request, testTarget('AWSBedrock'));
    const head = testHead(200, 'application/vnd.amazon.eventstream');
    const { text } = runStream(translator, head, [upstream]);
    return Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } }));
  };
  return new OpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1/v1', maxRetries: 0, fetch });
}

const ask = { model, input: 'hi', tools: [tool] };

async function collect(upstream: Uint8Array, more: object = {}): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of await createClient(upstream).responses.create({ ...ask, ...more, stream: true }))
    events.push(event);
  return events;
}

test('every event has what the SDK requires of it', async () => {
  const streams = [
    await collect(concatBytes(begin, end('tool_use'))),
    await collect(concatBytes(begin, end('max_tokens')), { reasoning: { summary: 'auto' } }),
  ];
  const seen = new Set<string>();
  for (const event of streams.flat()) {
    seen.add(event.type);
    const required = requiredOfEvents[event.type as keyof typeof requiredOfEvents];
    expect(Object.keys(event)).toEqual(expect.arrayContaining(Object.keys(required)));
  }
  const ofFailures = new Set(['error', 'response.failed']);
  expect(seen).toEqual(new Set(Object.keys(requiredOfEvents).filter((type) => !ofFailures.has(type))));
});

test('a response has what the SDK requires of it', () => {
  const identity = { requestId: 'r', created: 1, model: 'm', request: testRequest('responses', ask) };
  const body = JSON.parse(encodeResponse([{ kind: 'finish', reason: 'stop' }], {}, identity)) as object;
  expect(Object.keys(body)).toEqual(expect.arrayContaining(Object.keys(requiredOfResponse)));
});

test('the SDK’s stream helper ends with the response, call and text included', async () => {
  const stream = createClient(concatBytes(begin, end('tool_use'))).responses.stream(ask);
  const deltas: string[] = [];
  stream.on('response.output_text.delta', ({ delta, snapshot }) => deltas.push(delta, snapshot));
  const final = await stream.finalResponse();
  expect(deltas).toEqual(['The answer', 'The answer']);
  expect(final).toMatchObject({
    status: 'completed',
    output_text: 'The answer',
    usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    output: [
      { type: 'reasoning', content: [{ text: 'hm' }] },
      { type: 'message', content: [{ annotations: [{ url: 'https://x', start_index: 0, end_index: 10 }] }] },
      { type: 'function_call', call_id: 't', name: 'a.b', arguments: '{"a":1}' },
    ],
  });
});

test('the SDK raises on an error in the middle of a stream, with the provider’s name and message', async () => {
  const raised = { message: expect.stringContaining('slow down') as unknown, code: 'ThrottlingException' };
  await expect(collect(failing)).rejects.toMatchObject({ ...raised, type: 'rate_limit_error' });
  await expect(createClient(failing).responses.stream(ask).finalResponse()).rejects.toMatchObject(raised);
  await expect(collect(begin)).rejects.toMatchObject({ code: 'stream_truncated' });
});

test('structured output of a model without it is text to the client, not a call', () => {
  const format = { type: 'json_schema', name: 'x', schema: { type: 'object' } };
  const request = testRequest('responses', {
    model: 'mistral.mistral-large-2407-v1:0',
    input: 'hi',
    text: { format },
  });
  const translator = startTranslator(createTranslator, request, testTarget('AWSBedrock'));
  const { body } = finishBuffered(
    translator,
    testHead(200, 'application/json'),
    '{"output":{"message":{"content":[{"toolUse":{"toolUseId":"t","name":"json_tool_call","input":{"a":1}}}]}},"stopReason":"tool_use"}',
  );
  const told = JSON.parse(new TextDecoder().decode(body)) as SdkResponse;
  expect(told).toMatchObject({
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: '{"a":1}' }] }],
  });
  expect(told.output).toHaveLength(1);
});
