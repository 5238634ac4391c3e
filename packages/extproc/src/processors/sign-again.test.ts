import type { Authentication, AuthRequest } from '../auth/backend-auth.ts';
import { bodyMessage, type Conversation, headersMessage, type ReadAnswer } from '../__fixtures__/envoy.ts';
import {
  attemptHeaders,
  buildBackend,
  clientHeaders,
  createTestGateway,
  type TestGateway,
} from '../__fixtures__/gateway.ts';

const path = '/v1/chat/completions';
const refusal = { ':status': '403', 'x-amzn-errortype': 'ExpiredTokenException', date: 'today' };

function setUp(review: Authentication['review']) {
  const asked: AuthRequest[] = [];
  const auth = {
    apply: (request: AuthRequest): Authentication => {
      asked.push(request);
      return { set: [['authorization', `signature ${asked.length}`]], remove: [], ...(review && { review }) };
    },
  };
  const backends = [buildBackend('a', { auth }), buildBackend('b')];
  const gateway = createTestGateway({ backends, credentialHeaders: ['x-tenant-key'] });
  return { gateway, asked };
}

/** A request up to its attempts. */
function request(gateway: TestGateway, stream: boolean, own = {}): Record<string, string> {
  const client = gateway.start();
  const headers = clientHeaders(path, own);
  const [first] = client.send(headersMessage('requestHeaders', headers));
  client.send(bodyMessage('requestBody', JSON.stringify({ model: 'm', stream, messages: [] })));
  return apply(headers, first!);
}

function apply(
  headers: Readonly<Record<string, string>>,
  { set, remove }: ReadAnswer,
): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !remove.includes(name));
  return { ...Object.fromEntries(kept), ...set };
}

function attempt(gateway: TestGateway, headers: Record<string, string>, backend = 'a'): Conversation {
  const conversation = gateway.start();
  conversation.send(attemptHeaders(backend, headers, { showsResponse: true }));
  return conversation;
}

describe.each([true, false])('an answer that refuses a signature (stream: %s)', (stream) => {
  it('is marked for a retry when the next signature may do better, and left', async () => {
    const heard: ReadonlyMap<string, string>[] = [];
    const { gateway } = setUp((headers) => {
      heard.push(headers);
      return Promise.resolve(true);
    });
    const upstream = attempt(gateway, request(gateway, stream));
    upstream.send(headersMessage('responseHeaders', refusal));
    const [, answer] = await upstream.reach(2);
    expect(answer).toMatchObject({ kind: 'responseHeaders', set: { 'x-ai-eg-sign-again': '1' }, remove: [] });
    expect(upstream.events).toEqual(['end']);
    expect(Object.fromEntries(heard[0]!)).toMatchObject(refusal);
    expect(gateway.log.join()).toContain('signing again');
  });

  it('goes on as it is when it may not', async () => {
    const { gateway } = setUp(() => Promise.resolve(false));
    const upstream = attempt(gateway, request(gateway, stream));
    upstream.send(headersMessage('responseHeaders', refusal));
    expect((await upstream.reach(2))[1]).toMatchObject({ kind: 'responseHeaders', set: {}, remove: [] });
    expect(upstream.events).toEqual(['end']);
  });

  it('is marked once in a request', async () => {
    const { gateway, asked } = setUp(() => Promise.resolve(true));
    const headers = request(gateway, stream);
    const first = attempt(gateway, headers);
    first.send(headersMessage('responseHeaders', refusal));
    await first.reach(2);
    const second = attempt(gateway, apply(headers, first.answers[0]!));
    expect(second.answers[0]?.set['authorization']).toBe('signature 2');
    second.send(headersMessage('responseHeaders', refusal));
    expect(JSON.stringify(second.answers)).not.toContain('x-ai-eg-sign-again');
    expect(asked).toHaveLength(2);
  });
});

test.each(['200', '404', '429', '500'])('an answer with status %s is not reviewed', (status) => {
  const { gateway } = setUp(() => Promise.reject(new Error('asked')));
  const upstream = attempt(gateway, request(gateway, false));
  upstream.send(headersMessage('responseHeaders', { ...refusal, ':status': status }));
  expect(upstream.answers.at(1)).toMatchObject({ kind: 'responseHeaders', set: {} });
  expect(upstream.events).toEqual(['end']);
});

test('without a review an answer that is no stream is not waited for', () => {
  const { gateway } = setUp(undefined);
  expect(attempt(gateway, request(gateway, false)).events).toEqual(['end']);
});

describe("a request's own credentials", () => {
  const own = { 'x-aigw-aws-access-key-id': 'AK', 'x-tenant-key': 'canary' };

  it('are shown to the authentication, with the metadata that Envoy forwards', () => {
    const { gateway, asked } = setUp(undefined);
    const metadata = { tenant: { key: 'k' } };
    gateway.start().send(attemptHeaders('a', request(gateway, false, own), { metadata }));
    const { headers, metadata: seen } = asked[0]!.origin!;
    expect(Object.fromEntries(headers)).toMatchObject(own);
    expect(seen).toEqual(metadata);
  });

  it('reach no backend, not even one that does not ask for them, in no attempt', () => {
    const { gateway } = setUp(undefined);
    let headers = request(gateway, false, own);
    for (const backend of ['a', 'b', 'a', 'b']) {
      headers = apply(headers, attempt(gateway, headers, backend).answers[0]!);
      expect(Object.keys(headers)).not.toContain('x-tenant-key');
      expect(JSON.stringify(headers)).not.toContain('canary');
    }
  });
});
