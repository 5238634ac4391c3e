import { createTranslator } from '../../../registry.ts';
import {
  finishBuffered,
  jsonOf,
  startTranslator,
  testHead,
  testRequest,
  testTarget,
} from '../../../testing/run-translator.ts';
import type { ChatCompletion } from '../../../schemas/openai/chat-completion.ts';
import type { ClientResponse } from '../../../translator.ts';

const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const tools = [{ type: 'function', function: { name: 'a.b' } }];

function finish(body: string | object, more: object = {}): ClientResponse {
  const request = testRequest('chatCompletions', {
    model,
    tools,
    messages: [{ role: 'user', content: 'hi' }],
    ...more,
  });
  const head = testHead(200, 'application/json', { 'x-amzn-requestid': 'rid' });
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return finishBuffered(startTranslator(createTranslator, request, testTarget('AWSBedrock')), head, text);
}
function answer(content: unknown[], more: object = {}): ChatCompletion {
  const body = { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', ...more };
  return jsonOf(finish(body).body) as ChatCompletion;
}

test('a whole answer, byte for byte [A45] [A47]', () => {
  const body =
    '{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"S"}}},{"text":"a"},{"text":"b"},{"toolUse":{"toolUseId":"t1","name":"f"}}]}},"stopReason":"tool_use","usage":{"inputTokens":3,"outputTokens":2,"totalTokens":12,"cacheReadInputTokens":7}}';
  const { body: bytes, headers, usage, status, failure } = finish(body);
  expect(new TextDecoder().decode(bytes)).toBe(
    `{"id":"chatcmpl-rid","object":"chat.completion","created":1700000000,"model":"${model}","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":"ab","reasoning_content":"hm","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"S"}],"tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{}"}}]}}],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":7}}}`,
  );
  expect(headers.set).toEqual([
    ['content-type', 'application/json'],
    ['x-request-id', 'rid'],
  ]);
  expect(usage).toEqual({ inputTokens: 10, outputTokens: 2, totalTokens: 12, cachedInputTokens: 7 });
  expect([status, failure]).toEqual([undefined, undefined]);
});

test('tools only: no content, the exact arguments, the client’s name [A18] [A46]', () => {
  const body =
    '{"output":{"message":{"content":[{"toolUse":{"toolUseId":"t","name":"a_b","input":{"n": 12345678901234567890}}}]}},"stopReason":"tool_use"}';
  const { choices } = jsonOf(finish(body).body) as ChatCompletion;
  expect(choices[0].message).toEqual({
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: 't', type: 'function', function: { name: 'a.b', arguments: '{"n": 12345678901234567890}' } },
    ],
  });
});

test('reasoning of several blocks is joined, and kept block by block [A48]', () => {
  const { message } = answer([
    { reasoningContent: { reasoningText: { text: 'r1', signature: 'S1' } } },
    { reasoningContent: { reasoningText: { text: 'r2' } } },
    { reasoningContent: { redactedContent: 'QUJD' } },
    { text: '' },
  ]).choices[0];
  expect(message).toEqual({
    role: 'assistant',
    content: '',
    reasoning_content: 'r1r2',
    thinking_blocks: [
      { type: 'thinking', thinking: 'r1', signature: 'S1' },
      { type: 'thinking', thinking: 'r2' },
      { type: 'redacted_thinking', data: 'QUJD' },
    ],
  });
});

test('citations are text with annotations; places without an address have none [A49]', () => {
  const web = { title: 'T', location: { web: { url: 'https://example.com', domain: 'example.com' } } };
  const searched = {
    source: 'https://example.org',
    location: { searchResultLocation: { searchResultIndex: 0 } },
  };
  const page = { title: 'D', location: { documentPage: { documentIndex: 0 } } };
  const { message } = answer([
    { text: 'ab' },
    { citationsContent: { content: [{ text: 'c' }, { text: 'd' }], citations: [web, searched, page] } },
    { text: 'e' },
  ]).choices[0];
  expect(message.content).toBe('abcde');
  expect(message.annotations).toEqual([
    {
      type: 'url_citation',
      url_citation: { url: 'https://example.com', title: 'T', start_index: 2, end_index: 4 },
    },
    {
      type: 'url_citation',
      url_citation: { url: 'https://example.org', title: '', start_index: 2, end_index: 4 },
    },
  ]);
});

test('blocks that clients have no use for are passed over', () => {
  const server = { toolUse: { toolUseId: 's', name: 'nova_grounding', type: 'server_tool_use', input: {} } };
  const { choices } = answer([server, { image: {} }, { novelty: 1 }, null, { text: 'a' }]);
  expect(choices[0].message).toEqual({ role: 'assistant', content: 'a' });
});

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['tool_use', 'tool_calls'],
  ['max_tokens', 'length'],
  ['content_filtered', 'content_filter'],
  ['guardrail_intervened', 'content_filter'],
  ['model_context_window_exceeded', 'length'],
  ['malformed_model_output', 'stop'],
  ['malformed_tool_use', 'stop'],
  ['reason_of_the_future', 'stop'],
  [undefined, 'stop'],
])('stop reason %s [A50]', (stopReason, expected) => {
  expect(answer([{ text: 'a' }], { stopReason }).choices[0].finish_reason).toBe(expected);
});

test('an unknown stop reason with calls', () => {
  const toolUse = { toolUseId: 't', name: 'f', input: {} };
  expect(answer([{ toolUse }], { stopReason: 'new' }).choices[0].finish_reason).toBe('tool_calls');
});

test('tokens read from and written to the cache count as input [A40] [A51]', () => {
  const usage = {
    inputTokens: 3,
    outputTokens: 2,
    cacheReadInputTokens: 7,
    cacheWriteInputTokens: 1,
    cacheDetails: [
      { ttl: '1h', inputTokens: 1 },
      { ttl: '5m', inputTokens: 0 },
    ],
  };
  const body = { output: { message: { content: [] } }, usage, serviceTier: { type: 'flex' } };
  const { body: bytes, usage: recorded } = finish(body);
  expect(jsonOf(bytes)).toMatchObject({
    service_tier: 'flex',
    usage: {
      prompt_tokens: 11,
      completion_tokens: 2,
      total_tokens: 13,
      prompt_tokens_details: { cached_tokens: 7, cache_write_tokens: 1, cache_creation_input_tokens: 1 },
    },
  });
  expect(recorded).toMatchObject({
    cacheCreationInputTokens: 1,
    cacheCreation1hInputTokens: 1,
    totalTokens: 13,
  });
});

test.each(['{}', '{"output":{}}', '[]', 'null', '', '<html>', '{"message":"x"}'])(
  'a success without an answer, %j, is a 502 [A52]',
  (body) => {
    const { status, body: bytes, failure } = finish(body);
    expect(status).toBe(502);
    expect(failure?.code).toBe('upstream_error');
    expect(jsonOf(bytes)).toMatchObject({ error: { type: 'upstream_error', code: 'upstream_error' } });
  },
);
