import { bodyMessage, headersMessage } from '../__fixtures__/envoy.ts';
import { attemptHeaders, buildBackend, clientHeaders, createTestGateway } from '../__fixtures__/gateway.ts';

const path = '/v1/messages/count_tokens';
const body = '{"model":"m1","messages":[{"role":"user","content":"hi"}]}';

test('what the gateway can answer itself does not go upstream, and passes back as it is', () => {
  const signed: unknown[] = [];
  const auth = {
    apply: (request: unknown) => {
      signed.push(request);
      return { set: [], remove: [] };
    },
  };
  const gateway = createTestGateway({ backends: [buildBackend('b1', { auth })] });
  const stream = gateway.start();
  const [first] = stream.send(headersMessage('requestHeaders', clientHeaders(path)));
  stream.send(bodyMessage('requestBody', body));
  const headers = { ...clientHeaders(path), ...first!.set };
  const [answer] = gateway.start().send(attemptHeaders('b1', headers));
  expect(answer).toMatchObject({ kind: 'immediateResponse', status: 200, details: 'aigw_local_answer' });
  expect(answer!.set).toEqual({
    'content-type': 'application/json',
    'x-ai-eg-token-count': 'estimated',
    'request-id': 'req-1',
  });
  expect(JSON.parse(answer!.body!)).toEqual({ input_tokens: expect.any(Number) });
  expect(signed).toEqual([]);
  const back = { ':status': '200', ...answer!.set };
  expect(stream.send(headersMessage('responseHeaders', back))).toEqual([
    expect.objectContaining({ kind: 'responseHeaders', set: {}, remove: [], body: undefined }),
  ]);
  stream.handler.onCancel();
  expect(gateway.outcomes).toEqual([{ kind: 'finished' }]);
});

test('what it cannot answer is a 400', () => {
  const gateway = createTestGateway({});
  const stream = gateway.start();
  const [first] = stream.send(headersMessage('requestHeaders', clientHeaders(path)));
  stream.send(bodyMessage('requestBody', '{"model":"m1"}'));
  const [answer] = gateway.start().send(attemptHeaders('b1', { ...clientHeaders(path), ...first!.set }));
  expect(answer).toMatchObject({ kind: 'immediateResponse', status: 400 });
  expect(JSON.parse(answer!.body!).error.type).toBe('invalid_request_error');
});
