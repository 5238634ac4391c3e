import fc from 'fast-check';
import { bodyMessage, type Conversation, headersMessage } from '../__fixtures__/envoy.ts';
import {
  attemptHeaders,
  buildBackend,
  clientHeaders,
  createTestGateway,
  type TestGateway,
} from '../__fixtures__/gateway.ts';

const viaUpstream = { attributes: { 'response.code_details': 'via_upstream' } };
const anthropic = buildBackend('a', {
  target: { schema: { name: 'Anthropic' }, unsupportedFields: 'Drop', messagesVia: 'Auto' },
});
const start = 'event: message_start\ndata: {"type":"message_start","message":{"model":"m"}}\n\n';
const throttled =
  'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"slow"}}\n\n';
const sse = { ':status': '200', 'content-type': 'text/event-stream' };

interface Reached {
  readonly gateway: TestGateway;
  readonly client: Conversation;
  readonly attempt: Conversation;
}

/** A request that waits for the response of its attempt. */
function reach({ stream = true, showsResponse = true, path = '/v1/chat/completions' } = {}): Reached {
  const gateway = createTestGateway({ backends: [anthropic] });
  const client = gateway.start();
  const [first] = client.send(headersMessage('requestHeaders', clientHeaders(path)));
  const body = { model: 'm', stream, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
  client.send(bodyMessage('requestBody', JSON.stringify(body)));
  const attempt = gateway.start();
  attempt.send(attemptHeaders('a', { ...clientHeaders(path), ...first!.set }, { showsResponse }));
  expect(attempt.answers).toHaveLength(1);
  return { gateway, client, attempt };
}

/** What Envoy gets to see after the request. */
const kinds = ({ answers }: Conversation): string[] => answers.slice(1).map(({ kind }) => kind);

describe('a stream in front of its backend', () => {
  it('is released unchanged with its first event, and left', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: start.length }), (size) => {
        const { attempt, gateway } = reach();
        expect(attempt.send(headersMessage('responseHeaders', sse))).toEqual([]);
        let sent = 0;
        for (let at = 0; at < start.length; at += size) {
          attempt.send(bodyMessage('responseBody', start.slice(at, at + size), false));
          sent += 1;
          if (at + size < start.length - 1) expect(attempt.events).toEqual([]);
        }
        const pieces = Array.from({ length: sent }, () => 'responseBody');
        expect(kinds(attempt)).toEqual(['responseHeaders', ...pieces].slice(0, kinds(attempt).length));
        expect(attempt.answers.at(1)).toMatchObject({ set: {}, remove: [], body: undefined });
        expect(attempt.answers.at(-1)).toMatchObject({ set: {}, body: undefined, endOfStream: undefined });
        expect(attempt.events).toEqual(['end']);
        expect(gateway.clock.running()).toBe(0);
        expect(attempt.send(bodyMessage('responseBody', throttled, false))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('gets the status of the error that it begins with, and never ends the answer itself', () => {
    const { attempt, gateway } = reach();
    attempt.send(headersMessage('responseHeaders', sse));
    attempt.send(bodyMessage('responseBody', throttled, false));
    expect(kinds(attempt)).toEqual(['responseHeaders', 'responseBody']);
    expect(attempt.answers[1]!.set).toEqual({ ':status': '429' });
    expect(attempt.answers[2]).toMatchObject({ set: {}, body: undefined, endOfStream: undefined });
    expect(attempt.events).toEqual(['end']);
    expect(gateway.log.join()).toContain('before its first event');
    expect(gateway.log.join()).not.toContain('slow');
    expect(gateway.outcomes).toEqual([]);
  });

  it.each([
    ['nothing follows its headers', 'headers', '502'],
    ['it ends before it begins', 'eos', '502'],
    ['it ends with trailers before it begins', 'trailers', '502'],
  ])('gets a status when %s', (_name, ending, status) => {
    const { attempt } = reach();
    attempt.send(headersMessage('responseHeaders', sse, { endOfStream: ending === 'headers' }));
    if (ending === 'eos') attempt.send(bodyMessage('responseBody', ''));
    if (ending === 'trailers') attempt.send({ kind: 'responseTrailers' });
    expect(attempt.answers[1]!.set).toEqual({ ':status': status });
    expect(attempt.events).toEqual(['end']);
  });

  it('gets the status of an error that comes as a whole body', () => {
    const { attempt } = reach();
    attempt.send(headersMessage('responseHeaders', { ':status': '200', 'content-type': 'application/json' }));
    const error = '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}';
    attempt.send(bodyMessage('responseBody', error, false));
    expect(kinds(attempt)).toEqual([]);
    attempt.send(bodyMessage('responseBody', ''));
    expect(kinds(attempt)).toEqual(['responseHeaders', 'responseBody', 'responseBody']);
    expect(attempt.answers[1]!.set).toEqual({ ':status': '529' });
  });

  it.each([
    ['an error', { ...sse, ':status': '503' }],
    ['a compressed answer', { ...sse, 'content-encoding': 'gzip' }],
  ])('is left at once when it is %s', (_name, headers) => {
    const { attempt } = reach();
    attempt.send(headersMessage('responseHeaders', headers));
    expect(kinds(attempt)).toEqual(['responseHeaders']);
    expect(attempt.answers[1]!.set).toEqual({});
    expect(attempt.events).toEqual(['end']);
  });

  it('asks for more time once per message and gives up at the limit with a 504', () => {
    const { attempt, gateway } = reach();
    attempt.send(headersMessage('responseHeaders', sse));
    gateway.clock.pass(20_000);
    expect(kinds(attempt)).toEqual(['extend']);
    expect(attempt.answers[1]!.extendSeconds).toBe(75);
    attempt.send(bodyMessage('responseBody', ': waiting\n\n', false));
    gateway.clock.pass(20_000);
    expect(kinds(attempt)).toEqual(['extend', 'extend']);
    gateway.clock.pass(30_000);
    expect(kinds(attempt)).toEqual(['extend', 'extend', 'responseHeaders', 'responseBody']);
    expect(attempt.answers[3]!.set).toEqual({ ':status': '504' });
    expect(attempt.events).toEqual(['end']);
    expect(gateway.clock.running()).toBe(0);
  });

  it('stops waiting when Envoy gives up', () => {
    const { attempt, gateway } = reach();
    attempt.send(headersMessage('responseHeaders', sse));
    attempt.handler.onCancel();
    expect(gateway.clock.running()).toBe(0);
  });
});

describe('a stream without a backend left', () => {
  it.each([
    ['/v1/chat/completions', 'x-request-id', { error: { type: 'rate_limit_error', message: 'slow' } }],
    ['/v1/messages', 'request-id', { type: 'error', error: { type: 'rate_limit_error', message: 'slow' } }],
  ])('is answered with the real status in the dialect of %s', (path, idHeader, body) => {
    const { attempt, client, gateway } = reach({ path });
    attempt.send(headersMessage('responseHeaders', sse));
    attempt.send(bodyMessage('responseBody', throttled, false));
    const head = { ...sse, ':status': '429', 'retry-after': '7' };
    const [answer] = client.send(headersMessage('responseHeaders', head, viaUpstream));
    expect(answer).toMatchObject({ kind: 'immediateResponse', status: 429 });
    expect(answer!.details).toMatch(/^aigw_/);
    expect(answer!.set).toMatchObject({ 'content-type': 'application/json', 'retry-after': '7' });
    expect(answer!.set).toHaveProperty(idHeader);
    expect(JSON.parse(answer!.body!)).toMatchObject(body);
    expect(gateway.outcomes).toEqual([expect.objectContaining({ kind: 'failed' })]);
  });

  it('leaves a reply of Envoy’s own as it is', () => {
    const { attempt, client } = reach();
    attempt.send(headersMessage('responseHeaders', sse));
    attempt.send(bodyMessage('responseBody', throttled, false));
    const head = { ':status': '503', 'content-type': 'application/json' };
    const details = { attributes: { 'response.code_details': 'no_healthy_upstream' } };
    expect(client.send(headersMessage('responseHeaders', head, details))[0]).toMatchObject({
      kind: 'responseHeaders',
      set: {},
    });
  });
});

it('a whole answer is left before it comes, without a message more', () => {
  const { attempt } = reach({ stream: false });
  expect(attempt.events).toEqual(['end']);
});

it('without a body shown before its headers are answered, nothing is held', () => {
  const { attempt } = reach({ showsResponse: false });
  expect(attempt.events).toEqual([]);
  expect(attempt.send(headersMessage('responseHeaders', sse))).toHaveLength(1);
});
