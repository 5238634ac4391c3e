import { bodyMessage, headersMessage, type ReadAnswer } from '../__fixtures__/envoy.ts';
import { buildBackend, clientHeaders, createTestGateway } from '../__fixtures__/gateway.ts';
import { attemptAttributes } from './attempt-attributes.ts';

const path = '/v1/chat/completions';

function attempt(upstreamHost: string | undefined, host: string): { answer: ReadAnswer; signed: number } {
  let signed = 0;
  const auth = {
    apply: () => {
      signed += 1;
      return { set: [['authorization', 'secret'] as [string, string]], remove: [] };
    },
  };
  const gateway = createTestGateway({ backends: [buildBackend('b1', { host, auth })] });
  const stream = gateway.start();
  const [first] = stream.send(headersMessage('requestHeaders', clientHeaders(path)));
  const [second] = stream.send(bodyMessage('requestBody', '{"model":"m","messages":[]}'));
  const attributes = {
    [attemptAttributes.host]: 'b1',
    ...(upstreamHost !== undefined && { [attemptAttributes.upstreamHost]: upstreamHost }),
  };
  const headers = { ...clientHeaders(path), ...first?.set, ...second?.set };
  const [answer] = gateway.start().send(headersMessage('requestHeaders', headers, { attributes }));
  if (answer === undefined) throw new Error('no answer');
  return { answer, signed };
}

test.each([
  ['api.example.com', 'api.example.com'],
  ['API.example.com', 'api.example.com:8443'],
  [undefined, 'api.example.com'],
])('an endpoint called %s gets the credentials for %s', (upstreamHost, host) => {
  expect(attempt(upstreamHost, host)).toMatchObject({
    signed: 1,
    answer: { set: { authorization: 'secret' } },
  });
});

test.each([
  ['evil.example.net', 'api.example.com'],
  ['api.example.com.evil.net', 'api.example.com:443'],
])('an endpoint called %s does not get those for %s', (upstreamHost, host) => {
  const { answer, signed } = attempt(upstreamHost, host);
  expect(signed).toBe(0);
  expect(answer).toMatchObject({ status: 500 });
  expect(JSON.stringify(answer)).not.toContain('secret');
});
