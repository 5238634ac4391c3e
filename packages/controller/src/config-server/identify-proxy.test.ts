import { createHash } from 'node:crypto';
import { createScriptedClient } from '../__fixtures__/scripted-client.ts';
import type { ApiRequest } from '../kube/api-client.ts';
import { KubeApiError } from '../kube/api-error.ts';
import { createStore } from '../manager/store.ts';
import { createIdentifyProxy, type IdentifyProxy, tokenAudience } from './identify-proxy.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

const labels = {
  'gateway.envoyproxy.io/owning-gateway-name': 'gw',
  'gateway.envoyproxy.io/owning-gateway-namespace': 'default',
};

const goodStatus = {
  authenticated: true,
  audiences: [tokenAudience],
  user: {
    username: 'system:serviceaccount:system:proxy',
    extra: {
      'authentication.kubernetes.io/pod-name': ['proxy-1'],
      'authentication.kubernetes.io/pod-uid': ['u1'],
    },
  },
};

interface Fixture {
  readonly identify: IdentifyProxy;
  readonly asked: unknown[];
  readonly clock: { now: number };
  readonly remove: () => void;
}

function setUp(status: unknown, { uid = 'u1', withLabels = true } = {}): Fixture {
  const pods = createStore();
  const metadata = { namespace: 'system', name: 'proxy-1', uid, ...(withLabels && { labels }) };
  pods.put({ apiVersion: 'v1', kind: 'Pod', metadata });
  const asked: unknown[] = [];
  const clock = { now: 0 };
  const client = createScriptedClient({
    request({ body }: ApiRequest) {
      asked.push(body);
      if (status instanceof Error) throw status;
      return { status };
    },
  });
  const identify = createIdentifyProxy({ client, pods, sha256Hex, now: () => clock.now });
  return { identify, asked, clock, remove: () => pods.remove('system/proxy-1') };
}

const proxy = { namespace: 'system', gateway: 'default/gw' };

test('a token of a proxy tells its Gateway, and is asked for our audience alone', async () => {
  const { identify, asked } = setUp(goodStatus);
  expect(await identify('token')).toEqual(proxy);
  expect(asked).toEqual([expect.objectContaining({ spec: { token: 'token', audiences: [tokenAudience] } })]);
});

test.each([
  ['is not good', { ...goodStatus, authenticated: false }, {}],
  ['is for somebody else', { ...goodStatus, audiences: ['https://kubernetes.default.svc'] }, {}],
  ['names no audience', { ...goodStatus, audiences: undefined }, {}],
  ['is of a person', { ...goodStatus, user: { ...goodStatus.user, username: 'admin' } }, {}],
  ['is bound to no pod', { ...goodStatus, user: { ...goodStatus.user, extra: {} } }, {}],
  ['is bound to another pod of that name', goodStatus, { uid: 'u2' }],
  ['is of a pod that is no proxy', goodStatus, { withLabels: false }],
  [
    'is of a pod elsewhere',
    { ...goodStatus, user: { ...goodStatus.user, username: 'system:serviceaccount:other:x' } },
    {},
  ],
  ['was not looked at', undefined, {}],
])('a token that %s is refused', async (_what, status, pod) => {
  expect(await setUp(status, pod).identify('token')).toBeUndefined();
});

test('a good token is asked about once in a while, a bad one each time', async () => {
  const good = setUp(goodStatus);
  for (let count = 0; count < 5; count += 1) await good.identify('token');
  expect(good.asked).toHaveLength(1);
  good.clock.now = 6 * 60_000;
  await good.identify('token');
  expect(good.asked).toHaveLength(2);
  const bad = setUp({ authenticated: false });
  for (let count = 0; count < 3; count += 1) await bad.identify('token');
  expect(bad.asked).toHaveLength(3);
});

test('a pod that is gone takes its token with it', async () => {
  const { identify, remove } = setUp(goodStatus);
  expect(await identify('token')).toEqual(proxy);
  remove();
  expect(await identify('token')).toBeUndefined();
});

test('an API server that cannot be asked is an error, not a refusal', async () => {
  const { identify } = setUp(new KubeApiError(0, 'Unreachable', 'down'));
  await expect(identify('token')).rejects.toThrow('down');
});

test('many tokens at once are not passed on to the API server', async () => {
  const { identify, asked } = setUp(goodStatus);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) => identify(`token-${index}`)),
  );
  expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
  expect(asked.length).toBeLessThanOrEqual(16);
  expect(await identify('x'.repeat(20_000))).toBeUndefined();
});
