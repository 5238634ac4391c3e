import fc from 'fast-check';
import { concatBytes, encodeEvent, encodeException } from '../../../testing/encode-event-stream.ts';
import {
  finishBuffered,
  jsonOf,
  runStream,
  startTranslator,
  testHead,
  testRequest,
  testTarget,
  textOf,
} from '../../../testing/run-translator.ts';
import { splits } from '../../../testing/splits.ts';
import { encodeBase64 } from '../../../wire/base64.ts';
import { createInvokeModelChatCompletions } from '../../aws-anthropic/chat-completions/chat-completions.ts';
import { createAnthropicChatCompletions } from './chat-completions.ts';

const utf8 = new TextEncoder();
const sse = testHead(200, 'text/event-stream');
const eventStream = testHead(200, 'application/vnd.amazon.eventstream');

function chat(fields: object = {}) {
  return testRequest('chatCompletions', {
    model: 'claude-3-5-sonnet-20241022',
    messages: [{ role: 'user', content: 'hi' }],
    ...fields,
  });
}

function startDirect(fields: object = {}) {
  return startTranslator(createAnthropicChatCompletions, chat(fields), testTarget('Anthropic'));
}

function startInvoke(fields: object = {}) {
  return startTranslator(createInvokeModelChatCompletions, chat(fields), testTarget('AWSAnthropic'));
}

type Event = { type: string } & Record<string, unknown>;

const sseOf = (events: readonly Event[]): Uint8Array =>
  utf8.encode(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
const frameOf = (event: Event): Uint8Array =>
  encodeEvent('chunk', { bytes: encodeBase64(utf8.encode(JSON.stringify(event))), p: 'abc' });

const messageStart: Event = {
  type: 'message_start',
  message: { model: 'claude-x-1', usage: { input_tokens: 3, cache_read_input_tokens: 7, output_tokens: 1 } },
};
const blockStart = (index: number, content_block: object): Event => ({
  type: 'content_block_start',
  index,
  content_block,
});
const delta = (index: number, value: object): Event => ({ type: 'content_block_delta', index, delta: value });
const blockStop = (index: number): Event => ({ type: 'content_block_stop', index });
const messageDelta = (stop_reason: string | null, usage?: object): Event => ({
  type: 'message_delta',
  delta: { stop_reason },
  ...(usage && { usage }),
});
const messageStop: Event = { type: 'message_stop' };

/** A message with every kind of block. */
const full: Event[] = [
  messageStart,
  { type: 'ping' },
  blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: 'let me ' }),
  delta(0, { type: 'thinking_delta', thinking: 'see' }),
  delta(0, { type: 'signature_delta', signature: 'c2ln' }),
  blockStop(0),
  blockStart(1, { type: 'redacted_thinking', data: 'QUJD' }),
  blockStop(1),
  blockStart(2, { type: 'text', text: '' }),
  delta(2, { type: 'text_delta', text: 'hé ' }),
  delta(2, { type: 'text_delta', text: '' }),
  delta(2, { type: 'text_delta', text: '🌍' }),
  blockStop(2),
  blockStart(3, { type: 'tool_use', id: 't1', name: 'f', input: {} }),
  blockStart(4, { type: 'tool_use', id: 't2', name: 'g', input: {} }),
  delta(4, { type: 'input_json_delta', partial_json: '' }),
  delta(3, { type: 'input_json_delta', partial_json: '{"n":' }),
  delta(3, { type: 'input_json_delta', partial_json: '12345678901234567890}' }),
  blockStop(3),
  blockStop(4),
  blockStart(5, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
  delta(5, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
  blockStop(5),
  messageDelta('tool_use', { output_tokens: 20 }),
  messageDelta('tool_use'),
  messageStop,
];

interface Chunk {
  id: string;
  model: string;
  choices: { delta: Record<string, unknown>; finish_reason: string | null }[];
  usage?: unknown;
}

/** The JSON of all data lines but `[DONE]`. */
function chunksOf(text: string): Chunk[] {
  const data = text.split('\n\n').filter((line) => line !== '');
  for (const line of data) expect(line).toMatch(/^data: /);
  return data
    .map((line) => line.slice('data: '.length))
    .filter((line) => line !== '[DONE]')
    .map((line) => JSON.parse(line) as Chunk);
}

const deltasOf = (text: string) =>
  chunksOf(text).flatMap(({ choices }) => choices.map((choice) => choice.delta));
const finishOf = (text: string) =>
  chunksOf(text).flatMap(({ choices }) => choices.flatMap(({ finish_reason }) => finish_reason ?? []));
const runDirect = (events: readonly Event[], fields: object = {}) =>
  runStream(startDirect({ stream: true, ...fields }), sse, [sseOf(events)]);

describe('stream', () => {
  test('golden: every kind of block [A76] [A79] [A81]', () => {
    const { text } = runDirect(full);
    expect(deltasOf(text)).toEqual([
      { role: 'assistant', content: '' },
      { reasoning_content: 'let me ' },
      { reasoning_content: 'see' },
      { thinking_blocks: [{ type: 'thinking', thinking: 'let me see', signature: 'c2ln' }] },
      { thinking_blocks: [{ type: 'redacted_thinking', data: 'QUJD' }] },
      { content: 'hé ' },
      { content: '🌍' },
      { tool_calls: [{ index: 0, id: 't1', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 1, id: 't2', type: 'function', function: { name: 'g', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"n":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '12345678901234567890}' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
      {},
    ]);
    expect(finishOf(text)).toEqual(['tool_calls']);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(new Set(chunksOf(text).map(({ id, model }) => `${id} ${model}`))).toEqual(
      new Set(['chatcmpl-req-1 claude-x-1']),
    );
    expect(text).not.toContain('"usage"');
  });

  test('usage is given to clients that ask, and recorded always [A82]', () => {
    const usage = { inputTokens: 10, cachedInputTokens: 7, outputTokens: 20, totalTokens: 30 };
    expect(runDirect(full).usage).toEqual(usage);
    const { text, responseModel } = runDirect(full, { stream_options: { include_usage: true } });
    expect(responseModel).toBe('claude-x-1');
    expect(chunksOf(text).at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 20,
        total_tokens: 30,
        prompt_tokens_details: { cached_tokens: 7 },
      },
    });
  });

  test.each([
    ['Anthropic', startDirect, sse, sseOf(full)],
    ['InvokeModel', startInvoke, eventStream, concatBytes(...full.map(frameOf))],
  ] as const)('is the same however the bytes are cut (%s)', (_name, start, head, bytes) => {
    const fields = { stream: true, stream_options: { include_usage: true } };
    const want = runStream(start(fields), head, [bytes]);
    expect(want.failures).toEqual([]);
    expect(want.text).toBe(runDirect(full, fields).text);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        for (const pieces of splits(bytes, cuts))
          expect(runStream(start(fields), head, pieces)).toEqual(want);
      }),
      { numRuns: 10 },
    );
  });

  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['of_the_future', 'stop'],
    [null, 'stop'],
  ])('stop reason %s is %s [A77]', (reason, finish) => {
    const { text } = runDirect([messageStart, messageDelta(reason), messageStop]);
    expect(finishOf(text)).toEqual([finish]);
  });

  test('without a stop reason, tool calls say why it stopped', () => {
    const events = [
      messageStart,
      blockStart(0, { type: 'tool_use', id: 't', name: 'f', input: {} }),
      blockStop(0),
    ];
    expect(finishOf(runDirect([...events, messageDelta(null), messageStop]).text)).toEqual(['tool_calls']);
  });

  test('input that comes whole with its block is passed on', () => {
    const tool = { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } };
    const { text } = runDirect([messageStart, blockStart(0, tool), blockStop(0), messageStop]);
    expect(deltasOf(text)).toContainEqual({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] });
  });

  test('renamed tools get their names back', () => {
    const tools = [{ type: 'function', function: { name: 'ns.f' } }];
    const tool = { type: 'tool_use', id: 't', name: 'ns_f', input: {} };
    const { text } = runDirect([messageStart, blockStart(0, tool), blockStop(0), messageStop], { tools });
    expect(text).toContain('"name":"ns.f"');
  });

  test('structured output by way of a tool is text for the client', () => {
    const response_format = { type: 'json_schema', json_schema: { name: 'o', schema: { type: 'object' } } };
    const tool = { type: 'tool_use', id: 't', name: 'json_tool_call', input: {} };
    const events = [
      messageStart,
      blockStart(0, tool),
      delta(0, { type: 'input_json_delta', partial_json: '{"a":1}' }),
      blockStop(0),
      messageDelta('tool_use'),
      messageStop,
    ];
    const { text } = runDirect(events, { response_format });
    expect(deltasOf(text)).toEqual([{ role: 'assistant', content: '' }, { content: '{"a":1}' }, {}]);
    expect(finishOf(text)).toEqual(['stop']);
  });

  test('citations become annotations of their passage', () => {
    const citation = {
      type: 'web_search_result_location',
      url: 'https://x.test',
      title: 'X',
      cited_text: 'c',
    };
    const events = [
      messageStart,
      blockStart(0, { type: 'text', text: 'ab' }),
      blockStop(0),
      blockStart(1, { type: 'text', text: '' }),
      delta(1, { type: 'citations_delta', citation }),
      delta(1, { type: 'text_delta', text: 'cd' }),
      blockStop(1),
      messageStop,
    ];
    const url_citation = { url: 'https://x.test', title: 'X', start_index: 2, end_index: 4 };
    expect(deltasOf(runDirect(events).text)).toContainEqual({
      annotations: [{ type: 'url_citation', url_citation }],
    });
  });

  test('an error event ends it with an error, and without [DONE] [A78]', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded "now"' } };
    const { text, failures, usage } = runDirect([...full.slice(0, 5), error, messageStop]);
    expect(text).toMatch(
      /data: \{"error":\{"message":"Overloaded \\"now\\"","type":"server_error","code":"overloaded_error","param":null\}\}\n\n$/,
    );
    expect(failures).toMatchObject([{ code: 'overloaded_error', status: 529 }]);
    expect(usage).toMatchObject({ inputTokens: 10 });
  });

  test('so does an exception of Bedrock', () => {
    const frames = [frameOf(messageStart), encodeException('throttlingException', { message: 'slow down' })];
    const { text, failures } = runStream(startInvoke({ stream: true }), eventStream, frames);
    expect(text).toMatch(
      /data: \{"error":\{"message":"slow down","type":"rate_limit_error","code":"ThrottlingException","param":null\}\}\n\n$/,
    );
    expect(failures).toHaveLength(1);
  });

  test('so does an early end, wherever it is, and arguments are not repeated [A80]', () => {
    const bytes = sseOf(full);
    const withoutStop = bytes.length - sseOf([messageStop]).length;
    fc.assert(
      fc.property(fc.nat(withoutStop), (length) => {
        const { text, failures } = runStream(startDirect({ stream: true }), sse, [bytes.slice(0, length)]);
        expect(failures).toMatchObject([{ code: 'stream_truncated' }]);
        expect(text).toMatch(/data: \{"error":[^\n]*\n\n$/);
        expect(text.match(/"arguments":"\{\\"n\\":"/g)?.length ?? 0).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('JSON in place of a stream is an error', () => {
    const body = '{"message":"slow down"}';
    const head = testHead(200, 'application/json', { 'x-amzn-errortype': 'ThrottlingException' });
    const answer = finishBuffered(startInvoke({ stream: true }), head, body);
    expect(answer.status).toBe(429);
    expect(jsonOf(answer.body)).toMatchObject({ error: { type: 'rate_limit_error', message: 'slow down' } });
  });
});

describe('whole answer', () => {
  const json = testHead(200, 'application/json', { 'request-id': 'req_7' });
  const message = (content: string, more = '') =>
    `{"type":"message","role":"assistant","model":"claude-x-1","content":${content},"stop_reason":"tool_use","usage":{"input_tokens":3,"cache_read_input_tokens":7,"cache_creation_input_tokens":2,"cache_creation":{"ephemeral_1h_input_tokens":1},"output_tokens":2,"output_tokens_details":{"thinking_tokens":1}}${more}}`;

  test('golden', () => {
    const content = `[{"type":"thinking","thinking":"hm","signature":"S"},{"type":"redacted_thinking","data":"QUJD"},{"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"tool_use","id":"t1","name":"f","input":{ "n":12345678901234567890 }},{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"tool_use","id":"t2","name":"g"}]`;
    const answer = finishBuffered(startDirect(), json, message(content));
    expect(jsonOf(answer.body)).toEqual({
      id: 'chatcmpl-req_7',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'claude-x-1',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: 'ab',
            reasoning_content: 'hm',
            thinking_blocks: [
              { type: 'thinking', thinking: 'hm', signature: 'S' },
              { type: 'redacted_thinking', data: 'QUJD' },
            ],
            tool_calls: [
              {
                id: 't1',
                type: 'function',
                function: { name: 'f', arguments: '{ "n":12345678901234567890 }' },
              },
              { id: 't2', type: 'function', function: { name: 'g', arguments: '{}' } },
            ],
          },
        },
      ],
      usage: {
        prompt_tokens: 12,
        completion_tokens: 2,
        total_tokens: 14,
        prompt_tokens_details: { cached_tokens: 7, cache_write_tokens: 2, cache_creation_input_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    });
    expect(answer.usage).toMatchObject({
      inputTokens: 12,
      cacheCreation1hInputTokens: 1,
      reasoningTokens: 1,
    });
    expect(answer.responseModel).toBe('claude-x-1');
  });

  test('what a turn gave out, the next takes back unchanged [A43]', () => {
    const texts = fc.string();
    fc.assert(
      fc.property(texts, fc.base64String({ minLength: 4 }), texts, (thinking, signature, data) => {
        const blocks = [
          { type: 'thinking', thinking, signature },
          { type: 'redacted_thinking', data: `${data}x` },
        ];
        const body = message(
          JSON.stringify([...blocks, { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }]),
        );
        const answer = jsonOf(finishBuffered(startDirect(), json, body).body) as {
          choices: { message: object }[];
        };
        const history = [answer.choices[0]!.message, { role: 'tool', tool_call_id: 't', content: 'ok' }];
        const next = testRequest('chatCompletions', { model: 'claude-opus-4-6', messages: history });
        const sent = createAnthropicChatCompletions(next, testTarget('Anthropic'), {
          requestId: 'r',
          nowSeconds: 0,
          sha256: (text) => text,
        }).request();
        expect(jsonOf(sent.body)).toMatchObject({
          messages: [{ content: [...blocks, { type: 'tool_use' }] }, {}],
        });
      }),
    );
  });

  test('only tools: no content', () => {
    const answer = finishBuffered(
      startDirect(),
      json,
      message('[{"type":"tool_use","id":"t","name":"f","input":{}}]'),
    );
    expect(jsonOf(answer.body)).toMatchObject({ choices: [{ message: { content: null } }] });
  });

  test('structured output by way of a tool is text', () => {
    const response_format = { type: 'json_schema', json_schema: { name: 'o', schema: { type: 'object' } } };
    const content = '[{"type":"tool_use","id":"t","name":"json_tool_call","input":{"a": 1}}]';
    const answer = jsonOf(finishBuffered(startDirect({ response_format }), json, message(content)).body);
    expect(answer).toMatchObject({ choices: [{ finish_reason: 'stop', message: { content: '{"a": 1}' } }] });
    expect(JSON.stringify(answer)).not.toContain('tool_calls');
  });

  test.each([
    [
      429,
      '{"type":"error","error":{"type":"rate_limit_error","message":"slow \\"down\\""}}',
      'rate_limit_error',
    ],
    [401, '{"type":"error","error":{"type":"authentication_error","message":"no"}}', 'authentication_error'],
    [
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"no"}}',
      'invalid_request_error',
    ],
  ])('errors come in OpenAI’s envelope (%i)', (status, body, type) => {
    const answer = finishBuffered(startDirect(), testHead(status, 'application/json'), body);
    expect(answer.status).toBeUndefined();
    expect(jsonOf(answer.body)).toMatchObject({ error: { type, param: null } });
    expect(answer.failure?.status).toBe(status);
  });

  test('a success that is no message is a 502', () => {
    expect(finishBuffered(startDirect(), json, '{"id":"x"}').status).toBe(502);
    expect(textOf(finishBuffered(startDirect(), json, 'not json').body)).toContain('"error"');
  });
});
