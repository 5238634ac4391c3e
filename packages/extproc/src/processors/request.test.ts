import { AuthError } from '../auth/backend-auth.ts';
import { bodyMessage, headersMessage, type ReadAnswer } from '../__fixtures__/envoy.ts';
import {
  attemptHeaders,
  buildBackend,
  clientHeaders,
  createTestGateway,
  type TestGateway,
} from '../__fixtures__/gateway.ts';

const chat = '/v1/chat/completions';
const body = '{"model":"m1","messages":[{"role":"user","content":"hi"}]}';

function sendRequest(
  gateway: TestGateway,
  path: string,
  text: string,
  own: Readonly<Record<string, string>> = {},
): { first: ReadAnswer; second: ReadAnswer | undefined; stream: ReturnType<TestGateway['start']> } {
  const stream = gateway.start();
  const [first] = stream.send(headersMessage('requestHeaders', clientHeaders(path, own)));
  const [second] = stream.send(bodyMessage('requestBody', text));
  return { first: first!, second, stream };
}

/** What Envoy would have after an answer. */
function applyChanges(headers: Readonly<Record<string, string>>, answer: ReadAnswer): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !answer.remove.includes(name));
  return { ...Object.fromEntries(kept), ...answer.set };
}

describe('router', () => {
  it('routes by the model of the body, whatever the client says of itself', () => {
    const spoofed = {
      'x-ai-eg-model': 'SPOOF',
      'x-ai-eg-internal-req-id': 'SPOOF',
      'x-ai-eg-other': 'SPOOF',
      'x-aigw-a': 'S',
    };
    const { first, second } = sendRequest(createTestGateway({}), `${chat}/?a=b`, body, spoofed);
    expect(first.remove).toEqual(['x-ai-eg-model', 'x-ai-eg-other', 'x-aigw-a']);
    expect(first.set).toEqual({ 'x-ai-eg-internal-req-id': 'id-1' });
    expect(second).toMatchObject({
      kind: 'requestBody',
      clearRouteCache: true,
      body: undefined,
      set: { 'x-ai-eg-model': 'm1', 'x-ai-eg-original-path': `${chat}/?a=b` },
    });
  });

  it.each([
    ['POST', '/v1/nope', 404, 'openai'],
    ['POST', '/anthropic/v1/nope', 404, 'anthropic'],
    ['GET', chat, 405, 'openai'],
    ['DELETE', '/v1/messages', 405, 'anthropic'],
    ['POST', '/v1/models', 405, 'openai'],
    ['GET', '/v1/models/unknown', 404, 'openai'],
  ])('%s %s: %i in the words of %s [A119]', (method, path, status, dialect) => {
    const stream = createTestGateway({}).start();
    const headers = clientHeaders(path, { ':method': method });
    const [answer] = stream.send(headersMessage('requestHeaders', headers, { endOfStream: true }));
    expect(answer).toMatchObject({
      kind: 'immediateResponse',
      status,
      details: expect.stringMatching(/^aigw_/),
    });
    const error = JSON.parse(answer!.body!);
    expect(error.type).toBe('error');
    expect(dialect === 'openai' ? 'code' in error.error : error.request_id).toBeTruthy();
    expect(answer!.set).toHaveProperty(dialect === 'openai' ? 'x-request-id' : 'request-id', 'req-1');
  });

  it.each([
    ['PUT', chat, 'POST'],
    ['GET', '/v1/messages', 'POST'],
    ['POST', '/v1/models', 'GET, HEAD'],
    ['DELETE', '/v1/models/m', 'GET, HEAD'],
  ])('%s %s: says that %s is allowed', (method, path, allow) => {
    const headers = clientHeaders(path, { ':method': method });
    const [answer] = createTestGateway({})
      .start()
      .send(headersMessage('requestHeaders', headers, { endOfStream: true }));
    expect(answer).toMatchObject({ kind: 'immediateResponse', status: 405, set: { allow } });
  });

  it.each([
    ['', 'no body'],
    ['{"model":"m"', 'not valid JSON'],
    ['[]', 'not an object'],
    ['{"model":"a\\nb"}', 'control character'],
    ['{}', 'model'],
  ])('answers %j with a 400 that says why', (text, reason) => {
    const { second } = sendRequest(createTestGateway({}), '/v1/messages', text);
    expect(second).toMatchObject({ kind: 'immediateResponse', status: 400, details: 'aigw_invalid_request' });
    expect(JSON.parse(second!.body!).error.message).toContain(reason);
  });

  it('answers a request without a body at its headers', () => {
    const stream = createTestGateway({}).start();
    const [answer] = stream.send(
      headersMessage('requestHeaders', clientHeaders(chat), { endOfStream: true }),
    );
    expect(answer).toMatchObject({ kind: 'immediateResponse', status: 400 });
  });

  it('refuses a compressed body', () => {
    const { second } = sendRequest(createTestGateway({}), chat, body, { 'content-encoding': 'gzip' });
    expect(second).toMatchObject({ status: 400 });
    expect(second!.body).toContain('Compressed');
  });

  it('refuses more internal headers than Envoy would let it remove', () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`x-ai-eg-${index}`, 'x']));
    const [answer] = createTestGateway({})
      .start()
      .send(headersMessage('requestHeaders', clientHeaders(chat, many)));
    expect(answer).toMatchObject({ kind: 'immediateResponse', status: 400 });
  });

  it.each([
    ['POST', '/v1/nope', 404],
    ['PUT', chat, 405],
    ['GET', '/v1/models', 200],
  ])(
    '%s %s is answered once its body has come, so that the client can read the answer',
    (method, path, status) => {
      const stream = createTestGateway({}).start();
      const headers = clientHeaders(path, { ':method': method });
      const [first] = stream.send(headersMessage('requestHeaders', headers));
      expect(first).toMatchObject({ kind: 'requestHeaders', set: {} });
      const [second] = stream.send(bodyMessage('requestBody', 'not read', true));
      expect(second).toMatchObject({ kind: 'immediateResponse', status });
    },
  );

  it('sends the body without its byte order mark', () => {
    const gateway = createTestGateway({ backends: [buildBackend('ns/b/route/r/rule/0/ref/0')] });
    const { first, second } = sendRequest(gateway, chat, `\ufeff${body}`);
    const sent = applyChanges(applyChanges(clientHeaders(chat), first), second!);
    const [answer] = gateway
      .start()
      .send(attemptHeaders('ns/b/route/r/rule/0/ref/0', { ...sent, 'content-length': '99' }));
    expect(answer!.body).toBe(body);
  });

  it('refuses more headers than Envoy could add to', () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`x-${index}`, 'x']));
    const [answer] = createTestGateway({})
      .start()
      .send(headersMessage('requestHeaders', clientHeaders(chat, many), { endOfStream: true }));
    expect(answer).toMatchObject({ status: 400 });
    expect(answer!.body).toContain('send no more than 150');
  });

  it('lists models in the shape of the API that was called [A119]', () => {
    const models = [{ Name: 'm/1', OwnedBy: 'me', CreatedAt: '2026-01-01T00:00:00Z' }];
    const ask = (path: string, own: Readonly<Record<string, string>> = {}): unknown => {
      const headers = clientHeaders(path, { ':method': 'GET', ...own });
      const [answer] = createTestGateway({ models })
        .start()
        .send(headersMessage('requestHeaders', headers, { endOfStream: true }));
      return JSON.parse(answer!.body!);
    };
    const openai = { id: 'm/1', object: 'model', created: 1_767_225_600, owned_by: 'me' };
    const anthropic = { id: 'm/1', type: 'model', display_name: 'm/1', created_at: '2026-01-01T00:00:00Z' };
    expect(ask('/v1/models')).toEqual({ object: 'list', data: [openai] });
    expect(ask('/v1/models/m%2F1')).toEqual(openai);
    expect(ask('/v1/models', { ':method': 'HEAD' })).toEqual({ object: 'list', data: [openai] });
    const list = { data: [anthropic], first_id: 'm/1', last_id: 'm/1', has_more: false };
    expect(ask('/anthropic/v1/models?limit=5')).toEqual(list);
    expect(ask('/v1/models', { 'anthropic-version': '2023-06-01' })).toEqual(list);
    expect(ask('/anthropic/v1/models/m/1')).toEqual(anthropic);
  });
});

describe('attempt', () => {
  const secrets = {
    authorization: 'Bearer CANARY',
    'x-api-key': 'CANARY',
    'x-amz-security-token': 'CANARY',
    'x-amzn-bedrock-service-tier': 'CANARY',
    expect: 'CANARY',
    cookie: 'CANARY',
    'x-forwarded-host': 'CANARY',
    origin: 'https://CANARY',
    'x-ai-eg-upstream-host': 'CANARY',
    'agent-session-id': 's-1',
  };

  it('authenticates, and takes away what is for the gateway alone', () => {
    const gateway = createTestGateway({ backends: [buildBackend('ns/b/route/r/rule/0/ref/0')] });
    const { first, second } = sendRequest(gateway, chat, body, secrets);
    const headers = applyChanges(applyChanges(clientHeaders(chat, secrets), first), second!);
    const [answer] = gateway.start().send(attemptHeaders('ns/b/route/r/rule/0/ref/0', headers));
    const sent = applyChanges(headers, answer!);
    expect(JSON.stringify(sent)).not.toContain('CANARY');
    expect(Object.keys(sent).filter((name) => name.startsWith('x-ai-eg-'))).toEqual([]);
    expect(sent).toMatchObject({
      ':path': '/v1/chat/completions',
      authorization: 'Bearer key-of-ns/b/route/r/rule/0/ref/0',
      'accept-encoding': 'identity',
    });
    expect(answer!.metadata).toMatchObject({
      backend_name: 'ns/b/route/r/rule/0/ref/0',
      'session.id': 's-1',
    });
  });

  it('says what a translation changed where debugging is wanted, and only there: clients can cause any number', () => {
    const target = { schema: { name: 'Anthropic' }, unsupportedFields: 'Drop', messagesVia: 'Auto' } as const;
    const gateway = createTestGateway({ backends: [buildBackend('b1', { target })] });
    const { first, second } = sendRequest(gateway, chat, `{"seed":1,${body.slice(1)}`);
    const sent = applyChanges(applyChanges(clientHeaders(chat), first), second!);
    gateway.start().send(attemptHeaders('b1', sent));
    expect(gateway.log).toEqual([
      expect.stringMatching(/^debug fields of the request were changed .*"seed"/),
    ]);
  });

  it('signs the body, the path and the host that go out [A1] [A3]', () => {
    const asked: unknown[] = [];
    const backend = buildBackend('b1', {
      host: 'signed.example',
      bodyMutation: { set: [{ path: 'service_tier', value: 'flex' }], remove: ['user'] },
      auth: {
        apply: (request) => {
          asked.push({ ...request, body: Buffer.from(request.body).toString() });
          return { set: [], remove: [] };
        },
      },
    });
    const gateway = createTestGateway({ backends: [backend] });
    const { first, second } = sendRequest(gateway, chat, '{"model":"m","user":"u","messages":[]}');
    const headers = applyChanges(applyChanges(clientHeaders(chat), first), second!);
    const [answer] = gateway.start().send(attemptHeaders('b1', headers));
    expect(asked).toMatchObject([{ method: 'POST', path: chat, host: 'signed.example', body: answer!.body }]);
    expect(JSON.parse(answer!.body!)).toEqual({ model: 'm', messages: [], service_tier: 'flex' });
    expect(answer).toMatchObject({ replaces: true, metadata: { content_length: answer!.body!.length } });
  });

  it('sends the guardrail of the operator, whatever the client asks for [A42]', () => {
    const guardrail = '{"guardrailIdentifier":"operator","guardrailVersion":"7"}';
    const backend = buildBackend('b1', {
      target: { schema: { name: 'AWSBedrock' }, unsupportedFields: 'Drop', messagesVia: 'Auto' },
      bodyMutation: { set: [{ path: 'guardrailConfig', value: guardrail }], remove: [] },
    });
    const gateway = createTestGateway({ backends: [backend] });
    const asked = {
      model: 'us.amazon.nova-pro-v1:0',
      messages: [{ role: 'user', content: 'hi' }],
      guardrailConfig: { guardrailIdentifier: 'client', guardrailVersion: '1' },
    };
    const { first, second } = sendRequest(gateway, chat, JSON.stringify(asked));
    const headers = applyChanges(applyChanges(clientHeaders(chat), first), second!);
    const [answer] = gateway.start().send(attemptHeaders('b1', headers));
    expect(JSON.parse(answer!.body!).guardrailConfig).toEqual(JSON.parse(guardrail));
    expect(answer!.body).not.toContain('client');
  });

  const linkHeader = 'x-ai-eg-internal-req-id';
  it.each<[string, (first: ReadAnswer) => Record<string, string>]>([
    ['Envoy puts the link back', ({ set }) => ({ [linkHeader]: set[linkHeader]! })],
    ['Envoy does not', () => ({})],
  ])(
    'starts a retry from the client’s own headers and body, at another backend: %s [A122]',
    (_name, link) => {
      const first = buildBackend('b1', {
        headerMutation: {
          set: [
            { name: 'x-tenant', value: 'one' },
            { name: 'x-own', value: 'changed' },
          ],
          remove: ['x-gone'],
        },
      });
      const gateway = createTestGateway({ backends: [first, buildBackend('b2')] });
      const client = clientHeaders(chat, { 'x-own': 'client', 'x-gone': 'client' });
      const router = sendRequest(gateway, chat, body, { 'x-own': 'client', 'x-gone': 'client' });
      const before = applyChanges(applyChanges(client, router.first), router.second!);
      const [one] = gateway.start().send(attemptHeaders('b1', before));
      const sentFirst = applyChanges(before, one!);
      expect(sentFirst).toMatchObject({
        'x-tenant': 'one',
        'x-own': 'changed',
        authorization: 'Bearer key-of-b1',
      });
      expect(sentFirst).not.toHaveProperty('x-gone');
      const [two] = gateway.start().send(attemptHeaders('b2', { ...sentFirst, ...link(router.first) }));
      const sentSecond = applyChanges(sentFirst, two!);
      expect(sentSecond).toMatchObject({
        'x-own': 'client',
        'x-gone': 'client',
        authorization: 'Bearer key-of-b2',
      });
      expect(sentSecond).not.toHaveProperty('x-tenant');
      expect(two).toMatchObject({ replaces: true, body });
    },
  );

  it.each([
    [new AuthError('missing_credential', 'no key'), 401],
    [new AuthError('credentials_unavailable', 'no answer'), 503],
    [new Error('SECRET'), 500],
  ])(
    'answers %p with %i in the dialect, and leaves that answer alone on its way back',
    async (error, status) => {
      const backend = buildBackend('b1', { auth: { apply: () => Promise.reject(error) } });
      const gateway = createTestGateway({ backends: [backend] });
      const { first, second, stream } = sendRequest(gateway, chat, body);
      const headers = applyChanges(applyChanges(clientHeaders(chat), first), second!);
      const upstream = gateway.start();
      upstream.send(attemptHeaders('b1', headers));
      const [answer] = await upstream.reach(1);
      expect(answer).toMatchObject({ kind: 'immediateResponse', status });
      expect(JSON.parse(answer!.body!)).toMatchObject({ type: 'error', error: { param: null } });
      expect(answer!.body).not.toContain('SECRET');
      const back = stream.send(
        headersMessage('responseHeaders', {
          ':status': String(answer!.status),
          'content-type': 'text/plain',
        }),
      );
      expect(back).toEqual([
        expect.objectContaining({ kind: 'responseHeaders', set: {}, remove: [], body: undefined }),
      ]);
      expect(stream.send(bodyMessage('responseBody', answer!.body!))).toEqual([
        expect.objectContaining({ kind: 'responseBody', body: undefined }),
      ]);
      stream.handler.onCancel();
      expect(gateway.outcomes).toEqual([expect.objectContaining({ kind: 'failed' })]);
    },
  );

  it('does not guess between two requests with the same id', () => {
    const gateway = createTestGateway({});
    sendRequest(gateway, chat, body);
    sendRequest(gateway, chat, body);
    const [answer] = gateway.start().send(attemptHeaders('b1', clientHeaders(chat)));
    expect(answer).toMatchObject({ kind: 'immediateResponse', status: 500 });
  });

  it.each([
    {
      given: 'an unknown backend',
      backend: 'nobody/to/01234567',
      own: {},
      want: { status: 503, details: 'aigw_configuration_pending' },
      reason: '"nobody"',
    },
    {
      given: 'a lost request',
      backend: 'b1',
      own: { 'x-ai-eg-internal-req-id': 'other' },
      want: { status: 500, details: 'aigw_internal' },
      reason: 'lost track',
    },
  ])('answers $given with $want.status in the dialect', ({ backend, own, want, reason }) => {
    const gateway = createTestGateway({});
    const { first, second } = sendRequest(gateway, '/anthropic/v1/messages', '{"model":"m"}');
    const headers = applyChanges(applyChanges(clientHeaders('/anthropic/v1/messages'), first), second!);
    const [answer] = gateway.start().send(attemptHeaders(backend, { ...headers, ...own }));
    expect(answer).toMatchObject({ kind: 'immediateResponse', ...want });
    expect(answer!.set['retry-after']).toBe(want.status === 503 ? '1' : undefined);
    expect(JSON.parse(answer!.body!).error).toMatchObject({
      type: 'api_error',
      message: expect.stringContaining(reason),
    });
  });
});
