import fc from 'fast-check';
import { createFirstEventProbe, type FirstEvent, maxProbedBytes } from './first-event.ts';
import { encodeEvent, encodeEventStreamMessage, encodeException } from './testing/encode-event-stream.ts';
import { testHead } from './testing/run-translator.ts';
import { splits } from './testing/splits.ts';
import type { BufferedResponse, StreamedResponse } from './translator.ts';

const utf8 = new TextEncoder();
const streamed: StreamedResponse = {
  kind: 'streamed',
  headers: { set: [], remove: [] },
  push: () => ({}),
  end: () => ({}),
  fail: () => ({}),
};
const aws = 'application/vnd.amazon.eventstream';
const sse = 'text/event-stream';
const invokeChunk = (event: object): Uint8Array =>
  encodeEvent('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64') });

/** The verdict on an answer that comes in these pieces. */
function judge(
  contentType: string,
  pieces: readonly Uint8Array[],
  response: BufferedResponse | StreamedResponse = streamed,
): FirstEvent {
  const probe = createFirstEventProbe(testHead(200, contentType), response);
  for (const piece of pieces) {
    const verdict = probe.push(piece);
    if (verdict !== undefined) return verdict;
  }
  return probe.end();
}

const failures: [string, string, Uint8Array | string, number, string][] = [
  ['exception of Converse', aws, encodeException('throttlingException', { message: 'slow' }), 429, 'slow'],
  [
    'unmodelled error',
    aws,
    encodeEventStreamMessage(
      { ':message-type': 'error', ':error-code': 'InternalServerException', ':error-message': 'broken' },
      '',
    ),
    500,
    'broken',
  ],
  [
    'error inside a chunk of InvokeModel',
    aws,
    invokeChunk({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } }),
    529,
    'busy',
  ],
  [
    "Anthropic's error event, after a ping",
    sse,
    'event: ping\ndata: {"type":"ping"}\n\nevent: error\r\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"slow"}}\r\n\r\n',
    429,
    'slow',
  ],
  [
    "OpenAI's error",
    sse,
    ': waiting\n\ndata: {"error":{"message":"slow","type":"requests","code":"rate_limit_exceeded"}}\n\n',
    429,
    'slow',
  ],
  ['error with a status', sse, 'data: {"error":{"message":"no","code":503}}\n\n', 503, 'no'],
  [
    'failed response',
    sse,
    'event: response.failed\ndata: {"type":"response.failed","response":{"error":{"code":"server_error","message":"x"}}}\n\n',
    500,
    'x',
  ],
  ['error without JSON', sse, 'event: error\ndata: oops\n\n', 502, 'with an error'],
  ['error without the blank line', sse, 'data: {"error":{"message":"no","code":400}}', 400, 'no'],
  ['broken frame', aws, new Uint8Array(64), 502, 'corrupt'],
  ['nothing', sse, '', 502, 'before it began'],
  ['only pings', sse, 'event: ping\ndata: {}\n\n', 502, 'before it began'],
];

test.each(failures)('%s: a failure, however it is split', (_name, type, source, ...[status, message]) => {
  const bytes = typeof source === 'string' ? utf8.encode(source) : source;
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 4 }), (cuts) => {
      for (const pieces of splits(bytes, cuts)) {
        expect(judge(type, pieces)).toMatchObject({ status, message: expect.stringContaining(message) });
      }
    }),
    { numRuns: 20 },
  );
});

const goods: [string, string, Uint8Array | string][] = [
  ['start of Converse', aws, encodeEvent('messageStart', { role: 'assistant' })],
  ['start of InvokeModel', aws, invokeChunk({ type: 'message_start', message: {} })],
  ['chunk that is not base64', aws, encodeEvent('chunk', { bytes: '!' })],
  ['start of Messages', sse, 'event: message_start\ndata: {"type":"message_start"}\n\n'],
  ['chat chunk', sse, 'data: {"choices":[],"error":null}\n\n'],
  ['data that is no JSON', sse, 'data: [DONE]\n\n'],
];

test.each(goods)('%s: good, and errors after it are not its matter', (_name, type, source) => {
  const bytes = typeof source === 'string' ? utf8.encode(source) : source;
  const error = encodeException('throttlingException', { message: 'slow' });
  const all = new Uint8Array([...bytes, ...(type === aws ? error : utf8.encode('data: {"error":{}}\n\n'))]);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 4 }), (cuts) => {
      for (const pieces of splits(all, cuts)) expect(judge(type, pieces)).toBe('good');
    }),
    { numRuns: 20 },
  );
});

test.each([sse, aws])('an event that is too large to be looked at is let through: %s', (type) => {
  const big = 'x'.repeat(maxProbedBytes);
  const bytes =
    type === sse
      ? utf8.encode(`event: error\ndata: "${big}"\n\n`)
      : encodeException('throttlingException', { message: big });
  const probe = createFirstEventProbe(testHead(200, type), streamed);
  expect(probe.push(bytes.subarray(0, maxProbedBytes - 1))).toBeUndefined();
  expect(probe.push(bytes.subarray(maxProbedBytes - 1))).toBe('good');
  expect(probe.end()).toBe('good');
});

test('any bytes get a verdict by their end, the same however they are split', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.constantFrom(aws, sse), bytes, fc.array(fc.nat(), { maxLength: 4 }), (type, all, cuts) => {
      const [whole, ...others] = splits(all, cuts).map((pieces) => judge(type, pieces));
      expect(whole).toBeDefined();
      for (const other of others) expect(other).toEqual(whole);
    }),
  );
});

describe('a body in place of a stream', () => {
  const failure = { code: 'X', message: 'no stream', status: 503 };
  const finish = (body: Uint8Array): ReturnType<BufferedResponse['finish']> => ({
    headers: { set: [], remove: [] },
    ...(Buffer.from(body).includes('bad') && { failure }),
  });
  const response: BufferedResponse = { kind: 'buffered', finish };

  test.each([
    ['{"bad":1}', failure],
    ['{"fine":1}', 'good'],
  ])('is judged whole by its translation: %s', (text, verdict) => {
    for (const pieces of splits(utf8.encode(text), [3])) {
      expect(judge('application/json', pieces, response)).toEqual(verdict);
    }
  });

  test('is let through when it is large', () => {
    const probe = createFirstEventProbe(testHead(200, 'application/json'), response);
    expect(probe.push(utf8.encode(`bad${'x'.repeat(maxProbedBytes)}`))).toBe('good');
  });
});
