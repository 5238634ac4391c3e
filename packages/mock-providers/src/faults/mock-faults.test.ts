import { send } from '../__fixtures__/send.ts';
import type { Received } from '../__fixtures__/send.ts';
import { decodeEventStream, decodeEventStreamMessage } from '../event-stream/decode-event-stream-message.ts';
import type { DecodedEventStreamMessage } from '../event-stream/decode-event-stream-message.ts';
import { EventStreamError } from '../event-stream/event-stream-message.ts';
import { startMockProviders } from '../mock-providers.ts';
import type { MockProviders } from '../mock-providers.ts';
import { mockFaults, parseFault, splitFaultSuffix } from './mock-faults.ts';

const content = 'Count from 1 to 5.';
const converseBody = JSON.stringify({ messages: [{ role: 'user', content: [{ text: content }] }] });
const messagesBody = (stream: boolean, model = 'm'): string =>
  JSON.stringify({ model, max_tokens: 100, stream, messages: [{ role: 'user', content }] });

let mock: MockProviders;
beforeAll(async () => {
  mock = await startMockProviders({ verify: false });
});
afterAll(() => mock.close());
beforeEach(() => mock.clear());

type Target = 'converse' | 'converse-stream' | 'messages' | 'messages-stream' | 'chat' | 'chat-stream';

function ask(target: Target, fault?: string): Promise<Received> {
  const headers: Record<string, string> = {
    'anthropic-version': '2023-06-01',
    ...(fault ? { 'x-mock-fault': fault } : {}),
  };
  const isStream = target.endsWith('-stream');
  if (target.startsWith('converse'))
    return send(mock.url, `/model/m/${target}`, { body: converseBody, headers });
  const path = target.startsWith('messages') ? '/v1/messages' : '/v1/chat/completions';
  return send(mock.url, path, { body: messagesBody(isStream), headers });
}

const streams = ['converse-stream', 'messages-stream', 'chat-stream'] as const;
const unaries = ['converse', 'messages', 'chat'] as const;

function frames({ body }: Received): DecodedEventStreamMessage[] {
  return decodeEventStream(body);
}

function describeFrame({ headers, payload }: DecodedEventStreamMessage): unknown[] {
  const type = headers[':event-type'] ?? headers[':exception-type'] ?? headers[':error-code'];
  return [
    headers[':message-type']?.value,
    type?.value,
    payload.length > 0 ? JSON.parse(payload.toString()) : {},
  ];
}

function events({ body }: Received): string[] {
  return body.toString().split('\n\n').filter(Boolean);
}

describe('parsing', () => {
  test.each([
    ['throttling', { name: 'throttling' }],
    [' reset ; after=3 ', { name: 'reset', after: 3 }],
    ['slow-stream;ms=20;after=1', { name: 'slow-stream', ms: 20, after: 1 }],
    ['delay;ms=999999999', { name: 'delay', ms: 600_000 }],
  ])('%s', (text, expected) => {
    expect(parseFault(text)).toEqual({ after: undefined, ms: undefined, ...expected });
  });

  test.each([
    ['explosion', /unknown fault 'explosion', expected one of: throttling, .*slow-stream/],
    ['', /unknown fault ''/],
    ['delay;ms=soon', /unknown option 'ms=soon' of fault delay/],
    ['delay;for=5', /unknown option 'for=5'/],
  ])('%j is refused', (text, message) => {
    expect(parseFault(text)).toMatch(message);
  });

  test.each([
    ['a:0--fault-reset', { model: 'a:0', suffix: 'reset' }],
    ['a', { model: 'a', suffix: undefined }],
    ['a--fault-b--fault-reset', { model: 'a--fault-b', suffix: 'reset' }],
  ])('suffix of %s', (model, expected) => {
    expect(splitFaultSuffix(model)).toEqual(expected);
  });

  test('an unknown fault is a 400 that names all of them', async () => {
    const answer = await ask('converse', 'explosion');
    expect(answer.status).toBe(400);
    for (const fault of mockFaults) expect(answer.body.toString()).toContain(fault);
  });

  test('a request that is refused anyway is refused for its own reason', async () => {
    const answer = await send(mock.url, '/model/m/converse', {
      body: '{}',
      headers: { 'x-mock-fault': 'throttling' },
    });
    expect(answer.status).toBe(400);
  });
});

describe('by model name', () => {
  test('Bedrock', async () => {
    const answer = await send(mock.url, '/model/m--fault-throttling/converse', { body: converseBody });
    expect(answer.status).toBe(429);
  });
  test.each(['/v1/messages', '/v1/chat/completions'])('%s', async (path) => {
    const options = {
      body: messagesBody(false, 'm--fault-internal'),
      headers: { 'anthropic-version': '2023-06-01' },
    };
    expect((await send(mock.url, path, options)).status).toBe(500);
  });
  test('the header comes first', async () => {
    const options = { body: converseBody, headers: { 'x-mock-fault': 'internal' } };
    expect((await send(mock.url, '/model/m--fault-throttling/converse', options)).status).toBe(500);
  });
});

describe('failures before the stream, in the dialect of the provider', () => {
  test.each([
    ['throttling', 429, 'ThrottlingException', 'rate_limit_error', 'requests'],
    ['service-unavailable', 503, 'ServiceUnavailableException', 'overloaded_error', 'server_error'],
    ['internal', 500, 'InternalServerException', 'api_error', 'server_error'],
  ])('%s', async (...row) => {
    const [fault, status, aws, anthropic, openai] = row;
    for (const target of [...streams, ...unaries]) {
      const answer = await ask(target, fault);
      const body = JSON.parse(answer.body.toString());
      expect([target, answer.status]).toEqual([target, status]);
      if (target.startsWith('converse'))
        expect(answer.headers['x-amzn-errortype']).toMatch(new RegExp(`^${aws}:http`));
      else expect(body.error.type).toBe(target.startsWith('messages') ? anthropic : openai);
    }
  });

  test.each([
    ['first-frame-throttling', 429],
    ['mid-stream-throttling', 429],
    ['model-stream-error', 424],
    ['error-event', 500],
  ])('%s where there is no stream', async (fault, status) => {
    expect((await ask('converse', fault)).status).toBe(status);
  });

  test('html-error', async () => {
    for (const target of [...streams, ...unaries]) {
      expect(await ask(target, 'html-error')).toMatchObject({
        status: 503,
        headers: { 'content-type': 'text/html' },
      });
    }
  });

  test('empty-error', async () => {
    const answer = await ask('chat-stream', 'empty-error');
    expect(answer).toMatchObject({
      status: 500,
      headers: { 'content-type': 'application/json', 'content-length': '0' },
    });
    expect(answer.body).toHaveLength(0);
  });
});

describe('failures inside a Bedrock stream', () => {
  test.each([
    ['first-frame-throttling', 0, ['exception', 'throttlingException']],
    ['mid-stream-throttling', 2, ['exception', 'throttlingException']],
    ['mid-stream-throttling;after=4', 4, ['exception', 'throttlingException']],
    ['model-stream-error', 2, ['exception', 'modelStreamErrorException']],
    ['error-event', 2, ['error', 'InternalError']],
  ])('%s', async (fault, before, expected) => {
    const whole = frames(await ask('converse-stream'));
    const answer = await ask('converse-stream', fault);
    const given = frames(answer);
    expect(answer).toMatchObject({ status: 200, error: undefined });
    expect(given.slice(0, -1)).toEqual(whole.slice(0, before));
    expect(describeFrame(given.at(-1)!).slice(0, 2)).toEqual(expected);
  });

  test('a model error carries the original status', async () => {
    expect(
      describeFrame(frames(await ask('converse-stream', 'model-stream-error')).at(-1)!)[2],
    ).toMatchObject({
      originalStatusCode: 500,
      originalMessage: expect.any(String),
    });
  });

  test('bad-crc damages the third frame and nothing else', async () => {
    const whole = frames(await ask('converse-stream'));
    const { body } = await ask('converse-stream', 'bad-crc');
    const lengths: Buffer[] = [];
    for (let at = 0; at < body.length; at += body.readUInt32BE(at))
      lengths.push(body.subarray(at, at + body.readUInt32BE(at)));
    const verdicts = lengths.map((frame) => {
      try {
        return describeFrame(decodeEventStreamMessage(frame));
      } catch (error) {
        return EventStreamError.is(error) ? error.code : error;
      }
    });
    expect(verdicts[2]).toBe('message-checksum');
    expect(verdicts.toSpliced(2, 1)).toEqual(whole.map(describeFrame).toSpliced(2, 1));
  });
});

describe('failures inside a server-sent stream', () => {
  test.each([
    ['messages-stream', 'mid-stream-throttling', /^event: error\ndata: .*"rate_limit_error"/],
    ['messages-stream', 'model-stream-error', /^event: error\ndata: .*"api_error"/],
    ['messages-stream', 'error-event', /^event: error\ndata: .*"api_error"/],
    ['chat-stream', 'mid-stream-throttling', /^data: \{"error":\{.*"rate_limit_exceeded"/],
    ['chat-stream', 'error-event', /^data: \{"error":/],
  ] as const)('%s %s', async (target, fault, expected) => {
    const given = events(await ask(target, fault));
    expect(given).toHaveLength(3);
    expect(given[2]).toMatch(expected);
  });

  test('bad-crc makes the third event no JSON', async () => {
    const data = events(await ask('chat-stream', 'bad-crc')).map((event) => event.slice('data: '.length));
    expect(() => void JSON.parse(data[2]!)).toThrow();
    expect(() => void JSON.parse(data[1]!)).not.toThrow();
  });
});

describe('failures of the transport', () => {
  test('truncation ends cleanly without the closing events', async () => {
    const converse = frames(await ask('converse-stream', 'truncation')).map(
      (frame) => describeFrame(frame)[1],
    );
    expect(converse.at(-1)).toBe('contentBlockStop');
    expect((await ask('messages-stream', 'truncation')).body.toString()).not.toContain('message_delta');
    const chat = await ask('chat-stream', 'truncation');
    expect(chat.error).toBeUndefined();
    expect(chat.body.toString()).not.toMatch(/"finish_reason":"stop"|\[DONE\]/);
    expect(frames(await ask('converse-stream', 'truncation;after=3'))).toHaveLength(3);
  });

  test('truncation of a whole answer halves it', async () => {
    const whole = await ask('chat');
    const half = await ask('chat', 'truncation');
    expect(half.body.length).toBe(Math.floor(whole.body.length / 2));
    expect(half.error).toBeUndefined();
  });

  test('reset after some frames', async () => {
    const answer = await ask('converse-stream', 'reset;after=3');
    expect(answer).toMatchObject({ status: 200, error: 'ECONNRESET' });
    expect(frames(answer)).toHaveLength(3);
  });

  test.each([
    ['converse-stream', 'reset;after=0'],
    ['converse', 'reset'],
  ] as const)('%s %s before the status line', async (target, fault) => {
    expect(await ask(target, fault)).toMatchObject({ status: 0, error: 'ECONNRESET' });
    expect(mock.requests().at(-1)?.status).toBe(0);
  });

  test.each([...streams, ...unaries])('one-byte keeps every byte of %s', async (target) => {
    const scrub = ({ body }: Received): string =>
      body.toString('latin1').replace(/(chatcmpl|msg|req)_?-?01[0-9a-f]{22}|"created":\d+/g, 'id');
    const split = await ask(target, 'one-byte');
    expect(scrub(split)).toBe(scrub(await ask(target)));
    expect(split.chunks.length).toBeGreaterThan(20);
  });

  test.each(['delay;ms=1', 'slow-stream;ms=1'])('%s changes nothing but the time', async (fault) => {
    expect((await ask('converse-stream', fault)).body).toEqual((await ask('converse-stream')).body);
    expect((await ask('converse', fault)).body).toEqual((await ask('converse')).body);
  });

  test('json-instead-of-stream', async () => {
    const answer = await ask('converse-stream', 'json-instead-of-stream');
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer.body.toString())).toEqual({ message: expect.any(String) });
  });
});

test('500 slow streams at once all arrive whole', async () => {
  const whole = (await ask('converse-stream')).body;
  const answers = await Promise.all(
    Array.from({ length: 500 }, () => ask('converse-stream', 'slow-stream;ms=5')),
  );
  expect(answers.filter(({ body, error }) => error === undefined && body.equals(whole))).toHaveLength(500);
});
