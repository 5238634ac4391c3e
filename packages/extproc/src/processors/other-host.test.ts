import { bodyMessage, headersMessage, type ReadAnswer } from '../__fixtures__/envoy.ts';
import type { RuntimeBackend } from '../config/runtime-config.ts';
import { buildBackend, clientHeaders, createTestGateway } from '../__fixtures__/gateway.ts';
import { attemptAttributes } from './attempt-attributes.ts';

const path = '/v1/chat/completions';

interface Place {
  readonly upstreamHost?: string | undefined;
  readonly upstreamAddress?: string | undefined;
  readonly clusterAddress?: string | undefined;
}

function attemptAt(place: Place, own: Partial<RuntimeBackend>): { answer: ReadAnswer; signed: string[] } {
  const signed: string[] = [];
  const auth: RuntimeBackend['auth'] = {
    apply: ({ host }) => {
      signed.push(host);
      return { set: [['authorization', 'secret']], remove: [] };
    },
  };
  const gateway = createTestGateway({ backends: [buildBackend('b1', { ...own, auth })] });
  const stream = gateway.start();
  const [first] = stream.send(headersMessage('requestHeaders', clientHeaders(path)));
  const [second] = stream.send(bodyMessage('requestBody', '{"model":"m","messages":[]}'));
  const { upstreamHost = '', upstreamAddress = '', clusterAddress = '' } = place;
  const attributes = {
    [attemptAttributes.host]: 'b1',
    [attemptAttributes.upstreamHost]: upstreamHost,
    [attemptAttributes.upstreamAddress]: upstreamAddress,
    [attemptAttributes.clusterAddress]: clusterAddress,
  };
  const headers = { ...clientHeaders(path), ...first?.set, ...second?.set };
  const [answer] = gateway.start().send(headersMessage('requestHeaders', headers, { attributes }));
  if (answer === undefined) throw new Error('no answer');
  return { answer, signed };
}

const attempt = (upstreamHost: string | undefined, host: string): ReturnType<typeof attemptAt> =>
  attemptAt({ upstreamHost }, { host });

test.each([
  ['api.example.com', 'api.example.com'],
  ['API.example.com', 'api.example.com:8443'],
  [undefined, 'api.example.com'],
])('an endpoint called %s gets the credentials for %s', (upstreamHost, host) => {
  expect(attempt(upstreamHost, host)).toMatchObject({
    signed: [host],
    answer: { set: { authorization: 'secret' } },
  });
});

test.each([
  ['evil.example.net', 'api.example.com'],
  ['api.example.com.evil.net', 'api.example.com:443'],
])('an endpoint called %s does not get those for %s', (upstreamHost, host) => {
  const { answer, signed } = attempt(upstreamHost, host);
  expect(signed).toEqual([]);
  expect(answer).toMatchObject({ status: 500 });
  expect(JSON.stringify(answer)).not.toContain('secret');
});

const hosts = [
  { address: 'api.example.com:443', host: 'api.example.com' },
  { address: 'api.example.com:8443', host: 'api.example.com:8443' },
  { address: '10.0.0.1:443', host: 'private.example.com' },
  { address: '/run/model.sock', host: 'localhost' },
];

test.each<[Place, string]>([
  [{ upstreamAddress: 'api.example.com:8443' }, 'api.example.com:8443'],
  [{ upstreamAddress: '10.0.0.1:443', upstreamHost: 'other.example.com' }, 'private.example.com'],
  [{ upstreamAddress: '/run/model.sock' }, 'localhost'],
  [{ clusterAddress: '10.0.0.1:443' }, 'private.example.com'],
  [{ clusterAddress: '10.0.0.1:443,api.example.com:443' }, 'private.example.com'],
  [{ upstreamHost: 'API.example.com' }, 'api.example.com'],
])('of several servers, the one at %j is signed for as %s', (place, host) => {
  expect(attemptAt(place, { hosts })).toMatchObject({ signed: [host] });
});

test.each<[Place]>([
  [{}],
  [{ upstreamAddress: 'api.example.com:444' }],
  [{ upstreamAddress: '10.0.0.2:443', upstreamHost: 'api.example.com' }],
  [{ upstreamHost: '10.0.0.2' }],
  [{ clusterAddress: '10.0.0.1:443,10.0.0.2:443' }],
])('of several servers, none is at %j: no key goes there', (place) => {
  const { answer, signed } = attemptAt(place, { hosts });
  expect(signed).toEqual([]);
  expect(answer).toMatchObject({ status: 500 });
  expect(JSON.stringify(answer)).not.toContain('secret');
});
