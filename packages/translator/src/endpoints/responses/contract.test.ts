import { describeTranslator } from '../../testing/describe-translator.ts';
import { concatBytes, encodeException } from '../../testing/encode-event-stream.ts';
import {
  encodeConverseEvents,
  encodeInvokeEvents,
  encodeMessageEvents,
  type MessageEventValue,
} from '../../testing/provider-streams.ts';
import { createTranslator } from '../../registry.ts';
import { readResponseEvents } from '../../testing/read-response-stream.ts';
import {
  runStream,
  startTranslator,
  testHead,
  testRequest,
  testTarget,
} from '../../testing/run-translator.ts';

const utf8 = new TextEncoder();
const json = testHead(200, 'application/json');
const frames = testHead(200, 'application/vnd.amazon.eventstream');
const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const tool = { type: 'function', name: 'a.b', parameters: { type: 'object' }, strict: false };
const ask = { model, input: 'hi', tools: [tool] };
const request = testRequest('responses', ask);
const streamRequest = testRequest('responses', { ...ask, stream: true });
const slow = encodeException('throttlingException', { message: 'slow' });

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', stop_reason: null };
const delta = (index: number, value: object): MessageEventValue => ({
  type: 'content_block_delta',
  index,
  delta: value,
});
const begin: MessageEventValue[] = [
  {
    type: 'message_start',
    message: { ...message, content: [], usage: { input_tokens: 3, output_tokens: 1 } },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  delta(0, { type: 'thinking_delta', thinking: 'hm' }),
  delta(0, { type: 'signature_delta', signature: 'S' }),
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  delta(1, { type: 'text_delta', text: 'h😀' }),
  { type: 'content_block_stop', index: 1 },
  {
    type: 'content_block_start',
    index: 2,
    content_block: { type: 'tool_use', id: 't', name: 'a_b', input: {} },
  },
  delta(2, { type: 'input_json_delta', partial_json: '{"a":"é' }),
];
const end: MessageEventValue[] = [
  delta(2, { type: 'input_json_delta', partial_json: '"}' }),
  { type: 'content_block_stop', index: 2 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 2 },
  },
  { type: 'message_stop' },
];
const unary = {
  head: json,
  body: utf8.encode(
    JSON.stringify({
      ...message,
      stop_reason: 'end_turn',
      content: [{ type: 'text', text: 'ok' }],
      usage: { input_tokens: 3, output_tokens: 2 },
    }),
  ),
};

const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
describeTranslator('responses to Anthropic', {
  request,
  target: testTarget('Anthropic'),
  unary,
  stream: {
    request: streamRequest,
    head: testHead(200, 'text/event-stream'),
    complete: encodeMessageEvents([...begin, ...end]),
    failing: encodeMessageEvents([...begin, overloaded]),
    incompleteBefore: encodeMessageEvents(begin).length,
  },
});

describeTranslator('responses to Claude on Bedrock', {
  request,
  target: testTarget('AWSAnthropic'),
  unary,
  stream: {
    request: streamRequest,
    head: frames,
    complete: encodeInvokeEvents([...begin, ...end]),
    failing: concatBytes(encodeInvokeEvents(begin), slow, encodeInvokeEvents(end)),
    incompleteBefore: encodeInvokeEvents(begin).length,
  },
});

const converseBegin = encodeConverseEvents([
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'hm' } } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'S' } } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'h😀' } }],
  ['contentBlockStop', { contentBlockIndex: 1 }],
  ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't', name: 'a_b' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"a":"é' } } }],
]);
const converseEndOfCall = [
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '"}' } } }],
  ['contentBlockStop', { contentBlockIndex: 2 }],
] as const;
const converseEnd = encodeConverseEvents([
  ...converseEndOfCall,
  ['messageStop', { stopReason: 'tool_use' }],
  ['metadata', { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } }],
]);
describeTranslator('responses to Converse', {
  request,
  target: testTarget('AWSBedrock'),
  unary: {
    head: json,
    body: utf8.encode(
      '{"output":{"message":{"role":"assistant","content":[{"text":"ok"}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5}}',
    ),
  },
  stream: {
    request: streamRequest,
    head: frames,
    complete: concatBytes(converseBegin, converseEnd),
    failing: concatBytes(converseBegin, slow, converseEnd),
    incompleteBefore: converseBegin.length,
  },
});

test('the error of a broken stream stays in sequence with what came before', () => {
  const translator = startTranslator(createTranslator, streamRequest, testTarget('Anthropic'));
  const { text } = runStream(translator, testHead(200, 'text/event-stream'), [encodeMessageEvents(begin)]);
  const numbers = readResponseEvents(text).map((event) => event.sequence_number);
  expect(numbers).toEqual(numbers.map((_, index) => index));
});

test.each([
  ['AWSBedrock', frames, [converseBegin, encodeConverseEvents(converseEndOfCall)]],
  ['Anthropic', testHead(200, 'text/event-stream'), [encodeMessageEvents([...begin, ...end.slice(0, 2)])]],
] as const)(
  'a call of %s is done when its block ends, not only when the answer does',
  (schema, head, pieces) => {
    const translator = startTranslator(createTranslator, streamRequest, testTarget(schema));
    const { text, failures } = runStream(translator, head, pieces);
    expect(failures).toMatchObject([{ code: 'stream_truncated' }]);
    const done = readResponseEvents(text).filter(({ type }) => type === 'response.output_item.done');
    expect(done.at(-1)).toMatchObject({
      item: { type: 'function_call', name: 'a.b', arguments: '{"a":"é"}' },
    });
  },
);
