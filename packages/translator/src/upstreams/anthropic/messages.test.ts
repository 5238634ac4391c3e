import fc from 'fast-check';
import { splits } from '../../testing/splits.ts';
import {
  finishBuffered,
  jsonOf,
  runStream,
  startTranslator,
  testContext,
  testHead,
  testRequest,
  testTarget,
  textOf,
} from '../../testing/run-translator.ts';
import { createAnthropicCountTokens } from './count-tokens.ts';
import { createAnthropicMessages } from './messages.ts';

const target = testTarget('Anthropic');
const body = { model: 'claude-sonnet-4-5', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
const utf8 = new TextEncoder();

function build(source: unknown, overrides: Partial<typeof target> = {}, options = {}) {
  const request = testRequest('messages', source, options);
  return createAnthropicMessages(request, { ...target, ...overrides }, testContext).request();
}

describe('messages to Anthropic: request', () => {
  test('the bytes go out as they came, to the default path and version [A85]', () => {
    expect(build(body)).toEqual({
      path: '/v1/messages',
      headers: { set: [['anthropic-version', '2023-06-01']], remove: [] },
      model: 'claude-sonnet-4-5',
      warnings: [],
    });
  });

  test('the query, the version and the prefix are kept [A85]', () => {
    const headers = { 'anthropic-version': '2024-01-01', 'anthropic-beta': 'a,b' };
    const sent = build(
      body,
      { schema: { name: 'Anthropic', prefix: '/gate/v2/' } },
      { headers, path: '/anthropic/v1/messages?beta=true' },
    );
    expect(sent.path).toBe('/gate/v2/messages?beta=true');
    expect(sent.headers).toEqual({ set: [], remove: [] });
  });

  test('whatever JSON the fields hold, a model override changes the model alone [A85]', () => {
    const field = fc.tuple(
      fc.string().filter((name) => !['model', 'stream', 'big'].includes(name)),
      fc.json(),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(field, { selector: ([name]) => name }),
        fc
          .string({ minLength: 1 })
          .filter((name) => /^[\w.:-]+$/.test(name) && name !== '..' && name !== '.'),
        (fields, override) => {
          const members = fields.map(([name, value]) => `${JSON.stringify(name)} : ${value}`);
          const bodyWith = (model: string) =>
            `{${[...members, `"model": ${JSON.stringify(model)}`, '"big":12345678901234567890'].join(' ,')}}`;
          expect(build(bodyWith('m')).body).toBeUndefined();
          const sent = build(bodyWith('m'), { modelNameOverride: override });
          expect(textOf(sent.body ?? utf8.encode(bodyWith('m')))).toBe(bodyWith(override));
          expect(sent.model).toBe(override);
        },
      ),
    );
  });

  test('what the gateway does not know is for the provider to judge [A85]', () => {
    const odd = { model: 'm', top_k: 4.0, thinking: {}, messages: [{ content: [{ type: 'new_block' }] }] };
    expect(build(odd).body).toBeUndefined();
  });
});

const stream = [
  'event: message_start\ndata: {"type":"message_start","message":{"model":"claude-sonnet-4-5-20250929","usage":{"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":1}}}\n\n',
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
  'event: ping\ndata: {"type": "ping"}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"héllo 🌍"}}\n\n',
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":12}}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":20}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
];
const sse = testHead(200, 'text/event-stream; charset=utf-8');
const usage = {
  inputTokens: 17,
  cachedInputTokens: 5,
  cacheCreationInputTokens: 2,
  outputTokens: 20,
  totalTokens: 37,
};

function run(pieces: readonly Uint8Array[], head = sse) {
  const request = testRequest('messages', { ...body, stream: true });
  return runStream(startTranslator(createAnthropicMessages, request, target), head, pieces);
}

describe('messages to Anthropic: stream', () => {
  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('passes on and is metered however the bytes are cut (%s) [A86] [A87]', (_name, lineEnd) => {
    const source = stream.join('').replaceAll('\n', lineEnd);
    const bytes = utf8.encode(source);
    const want = { text: source, usage, responseModel: 'claude-sonnet-4-5-20250929', failures: [] };
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        for (const pieces of splits(bytes, cuts)) expect(run(pieces)).toEqual(want);
      }),
      { numRuns: 20 },
    );
  });

  test('a chunk that ends the message is known to be the end without its last blank line', () => {
    const source = stream.join('').trimEnd();
    expect(run([utf8.encode(source)])).toMatchObject({ text: source, failures: [] });
  });

  test('an error event passes on, marks the answer failed and is the last word [A87]', () => {
    const error =
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    const result = run([utf8.encode(stream.slice(0, 2).join('') + error)]);
    expect(result.text).toBe(stream.slice(0, 2).join('') + error);
    expect(result.failures).toEqual([{ code: 'overloaded_error', message: 'Overloaded', status: 529 }]);
    expect(result.usage).toMatchObject({ inputTokens: 17 });
  });

  test('a stream cut short, anywhere, ends in an error event', () => {
    const bytes = utf8.encode(stream.join(''));
    const beforeStop = bytes.length - utf8.encode(stream.at(-1) ?? '').length;
    fc.assert(
      fc.property(fc.nat(beforeStop), (length) => {
        const { text, failures } = run([bytes.slice(0, length)]);
        expect(failures).toMatchObject([{ code: 'stream_truncated', status: 502 }]);
        expect(text).toMatch(
          /(^|\n\n)event: error\ndata: \{"type":"error","error":\{"type":"api_error",.*\}\n\n$/,
        );
      }),
    );
  });

  test('an event over the limit passes on unread, and is no reason to fail', () => {
    const huge = new Uint8Array(26 * 1024 * 1024).fill(0x61);
    const request = testRequest('messages', { ...body, stream: true });
    const response = startTranslator(createAnthropicMessages, request, target).response(sse);
    if (response.kind !== 'streamed') throw new Error('expected a stream');
    expect(response.push(utf8.encode('data: ')).body).toBeUndefined();
    expect(response.push(huge)).toEqual({});
    expect(response.push(utf8.encode(stream.join('')))).toEqual({});
    expect(response.end()).toEqual({});
  });

  test('is ended from our side with an error event, once', () => {
    const request = testRequest('messages', { ...body, stream: true });
    const response = startTranslator(createAnthropicMessages, request, target).response(sse);
    if (response.kind !== 'streamed') throw new Error('expected a stream');
    response.push(utf8.encode(stream[0]));
    const idle = { code: 'stream_idle_timeout', message: 'no bytes for 300 s', status: 504 };
    const ended = response.fail(idle);
    expect(textOf(ended.body)).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"timeout_error","message":"no bytes for 300 s"}}\n\n',
    );
    expect(ended.failure).toEqual(idle);
    expect(textOf(response.end().body)).toBe('');
  });
});

describe('messages to Anthropic: whole answers', () => {
  const translator = () => startTranslator(createAnthropicMessages, testRequest('messages', body), target);

  test('pass on untouched and are metered', () => {
    const message = '{"model":"claude-x-1","content":[],"usage":{"input_tokens":3,"output_tokens":4}}';
    expect(finishBuffered(translator(), testHead(200, 'application/json'), message)).toEqual({
      headers: { set: [], remove: [] },
      usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
      responseModel: 'claude-x-1',
    });
  });

  test('pass on even when they cannot be read', () => {
    expect(finishBuffered(translator(), testHead(200, 'text/html'), '<p>').body).toBeUndefined();
  });

  test('but for one in place of a stream, which a client would take for an empty answer', () => {
    const request = testRequest('messages', { ...body, stream: true });
    const streaming = startTranslator(createAnthropicMessages, request, target);
    const answer = finishBuffered(streaming, testHead(200, 'application/json'), '{"message":"no stream"}');
    expect(answer.status).toBe(502);
    expect(jsonOf(answer.body)).toMatchObject({ error: { type: 'api_error', message: 'no stream' } });
  });

  test('errors in Anthropic’s envelope pass on', () => {
    const error = '{"type":"error","error":{"type":"rate_limit_error","message":"slow"},"request_id":"r"}';
    expect(finishBuffered(translator(), testHead(429, 'application/json'), error)).toEqual({
      headers: { set: [], remove: [] },
      failure: { code: 'rate_limit_error', message: 'slow', status: 429 },
    });
  });

  test.each([
    [529, 'overloaded_error'],
    [503, 'overloaded_error'],
    [502, 'api_error'],
  ])('errors in any other form get it (%i) [A88]', (status, type) => {
    const answer = finishBuffered(translator(), testHead(status, 'text/plain'), 'upstream "connect" error');
    expect(answer.status).toBeUndefined();
    expect(jsonOf(answer.body)).toMatchObject({
      type: 'error',
      error: { type, message: 'upstream "connect" error' },
    });
  });
});

describe('counting tokens at Anthropic', () => {
  test('goes to its path under the prefix, and the answer comes back as it is [A89]', () => {
    const request = testRequest('countTokens', body, { path: '/v1/messages/count_tokens?beta=true' });
    const custom = testTarget('Anthropic', { schema: { name: 'Anthropic', prefix: 'api' } });
    const translator = createAnthropicCountTokens(request, custom, testContext);
    const sent = translator.request();
    expect(sent.path).toBe('/api/messages/count_tokens?beta=true');
    expect(sent.body).toBeUndefined();
    const answer = finishBuffered(translator, testHead(200, 'application/json'), '{"input_tokens":9}');
    expect(answer).toEqual({ headers: { set: [], remove: [] } });
  });
});
