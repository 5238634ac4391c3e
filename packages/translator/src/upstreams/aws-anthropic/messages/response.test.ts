import fc from 'fast-check';
import {
  concatBytes,
  encodeEvent,
  encodeEventStreamMessage,
  encodeException,
} from '../../../testing/encode-event-stream.ts';
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
import { createInvokeModelMessages } from './messages.ts';

const utf8 = new TextEncoder();
const base64 = (text: string): string => encodeBase64(utf8.encode(text));
const body = {
  model: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
  max_tokens: 9,
  messages: [{ role: 'user', content: 'hi' }],
};
const eventStream = testHead(200, 'application/vnd.amazon.eventstream', { 'x-amzn-requestid': 'aws-1' });

function start(stream: boolean) {
  const request = testRequest('messages', { ...body, stream });
  return startTranslator(createInvokeModelMessages, request, testTarget('AWSAnthropic'));
}

const frame = (json: string): Uint8Array => encodeEvent('chunk', { bytes: base64(json), p: 'abcdefghijklm' });
const run = (frames: readonly Uint8Array[]) => runStream(start(true), eventStream, frames);
const sse = (type: string, json: string): string => `event: ${type}\ndata: ${json}\n\n`;

const startEvent =
  '{"type":"message_start","message":{"id":"msg_1","model":"claude-3-5-sonnet-20241022","usage":{"input_tokens":3,"output_tokens":1}}}';
const events: [string, string][] = [
  ['message_start', startEvent],
  [
    'content_block_start',
    '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
  ],
  ['ping', '{"type": "ping"}'],
  ['brand_new_event', '{"type":"brand_new_event","big":12345678901234567890,"é":"🌍"}'],
  [
    'content_block_delta',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hé 🌍"}}',
  ],
  ['content_block_stop', '{"type":"content_block_stop","index":0}'],
  [
    'message_delta',
    '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}',
  ],
];
const metrics =
  '"amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":7,"cacheReadInputTokenCount":2,"invocationLatency":5}';
const frames = [...events.map(([, json]) => frame(json)), frame(`{"type":"message_stop",${metrics}}`)];
const output = [...events, ['message_stop', '{"type":"message_stop"}'] as const]
  .map(([type, json]) => sse(type, json))
  .join('');
const usage = { inputTokens: 5, cachedInputTokens: 2, outputTokens: 7, totalTokens: 12 };

describe('InvokeModel stream to Messages', () => {
  test('every event comes out with its exact JSON, without padding and metrics, however the bytes are cut [A95]', () => {
    const bytes = concatBytes(...frames);
    const want = { text: output, usage, responseModel: 'claude-3-5-sonnet-20241022', failures: [] };
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        for (const pieces of splits(bytes, cuts)) expect(run(pieces)).toEqual(want);
      }),
      { numRuns: 20 },
    );
  });

  test('the headers say what the body has become', () => {
    expect(start(true).response(eventStream)).toMatchObject({
      headers: {
        set: [
          ['content-type', 'text/event-stream'],
          ['request-id', 'aws-1'],
        ],
      },
    });
  });

  test.each([
    [
      'message_start',
      `{"type":"message_start","message":{"usage":{"input_tokens":3,"cache_read_input_tokens":2,"output_tokens":1}}}`,
      '',
    ],
    ['message_stop', startEvent, ',"usage":{"cache_read_input_tokens":2}'],
    [
      'the metrics',
      startEvent,
      ',"amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":7,"cacheReadInputTokenCount":2}',
    ],
    [
      'the metrics, after a zero',
      '{"type":"message_start","message":{"usage":{"input_tokens":3,"cache_read_input_tokens":0}}}',
      ',"amazon-bedrock-invocationMetrics":{"cacheReadInputTokenCount":2}',
    ],
  ])('cache counts that are only in %s are counted the same [A98]', (_place, first, last) => {
    const delta = frame(events.at(-1)![1]);
    expect(run([frame(first), delta, frame(`{"type":"message_stop"${last}}`)]).usage).toEqual(usage);
  });

  test('frames without content and of unknown types are skipped', () => {
    const odd = [
      encodeEvent('chunk', { p: 'ab' }),
      encodeEvent('chunk', { bytes: '' }),
      encodeEvent('novelty', { a: 1 }),
    ];
    expect(run([...odd, ...frames]).text).toBe(output);
  });

  test.each([
    ['throttlingException', 'rate_limit_error', 429],
    ['serviceUnavailableException', 'overloaded_error', 503],
    ['modelStreamErrorException', 'api_error', 424],
    ['internalServerException', 'api_error', 500],
    ['validationException', 'invalid_request_error', 400],
    ['modelTimeoutException', 'timeout_error', 408],
  ])('%s becomes an error event, and nothing follows it [A96]', (name, type, status) => {
    const {
      text,
      failures,
      usage: partial,
    } = run([
      concatBytes(frames[0]!, encodeException(name, { message: 'slow "down"' }), frames[1]!),
      frames[2]!,
    ]);
    expect(text).toBe(
      sse('message_start', startEvent) +
        sse('error', `{"type":"error","error":{"type":"${type}","message":"slow \\"down\\""}}`),
    );
    expect(failures).toMatchObject([{ message: 'slow "down"', status }]);
    expect(partial).toMatchObject({ inputTokens: 3 });
  });

  test('an unmodelled error frame and an error event of the model end it too', () => {
    const unmodelled = encodeEventStreamMessage(
      { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'boom' },
      '',
    );
    expect(run([frames[0]!, unmodelled]).text).toMatch(/event: error\ndata: .*"boom".*\n\n$/);
    const overloaded = frame('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}');
    expect(run([frames[0]!, overloaded])).toMatchObject({
      text:
        sse('message_start', startEvent) +
        sse('error', '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'),
      failures: [{ code: 'overloaded_error' }],
    });
  });

  test('a stream that ends early, or is corrupt, ends in an error event and never cleanly [A96]', () => {
    const bytes = concatBytes(...frames);
    const withoutStop = bytes.length - frames.at(-1)!.length;
    fc.assert(
      fc.property(fc.nat(withoutStop), (length) => {
        const { text, failures } = run([bytes.slice(0, length)]);
        expect(text).toMatch(/event: error\ndata: \{"type":"error","error":\{"type":"api_error",[^\n]*\n\n$/);
        expect(failures).toMatchObject([{ code: 'stream_truncated' }]);
      }),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (offset, flip) => {
        const corrupt = bytes.slice();
        corrupt[offset]! ^= flip;
        const { text, failures } = run([corrupt]);
        expect(failures).toHaveLength(1);
        expect(text.endsWith('\n\n')).toBe(true);
      }),
    );
  });

  test('a chunk that carries no event is a failure', () => {
    for (const payload of [{ bytes: '???' }, { bytes: base64('not json') }]) {
      expect(run([encodeEvent('chunk', payload)]).failures).toMatchObject([{ code: 'upstream_error' }]);
    }
  });
});

describe('InvokeModel answer to Messages', () => {
  const message = `{"type":"message","model":"claude-3-5-sonnet-20241022","content":[],"usage":{"input_tokens":3,"output_tokens":4}}`;
  const json = (status: number, more = {}) =>
    testHead(status, 'application/json', { 'x-amzn-requestid': 'aws-1', ...more });

  test('passes on untouched', () => {
    expect(finishBuffered(start(false), json(200), message)).toEqual({
      headers: { set: [['request-id', 'aws-1']], remove: [] },
      usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
      responseModel: 'claude-3-5-sonnet-20241022',
    });
  });

  test('headers count where the body does not', () => {
    const head = json(200, {
      'x-amzn-bedrock-input-token-count': '3',
      'x-amzn-bedrock-output-token-count': '4',
    });
    expect(finishBuffered(start(false), head, '{"type":"message"}').usage).toEqual({
      inputTokens: 3,
      outputTokens: 4,
      totalTokens: 7,
    });
  });

  test('golden: an error of Bedrock in Anthropic’s envelope [A97]', () => {
    const answer = finishBuffered(start(false), json(400), '{"message":"bad \\"x\\""}');
    expect(textOf(answer.body)).toBe(
      '{"type":"error","error":{"type":"invalid_request_error","message":"bad \\"x\\""},"request_id":"aws-1"}',
    );
    expect(answer.failure).toMatchObject({ status: 400 });
  });

  test('a JSON answer to a stream request is an error with its own status', () => {
    const answer = finishBuffered(
      start(true),
      json(200, { 'x-amzn-errortype': 'ThrottlingException:http://x' }),
      '{"message":"slow down"}',
    );
    expect(answer.status).toBe(429);
    expect(jsonOf(answer.body)).toMatchObject({ error: { type: 'rate_limit_error', message: 'slow down' } });
  });

  test('a success that is no message is an error', () => {
    expect(finishBuffered(start(false), json(200), '{"message":"oops"}').status).toBe(502);
    expect(finishBuffered(start(false), json(200), '').status).toBe(502);
  });
});
