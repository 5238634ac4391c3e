import type { KubeObject } from '../kube/kube-object.ts';
import { createDeletedRoutes } from './deleted-routes.ts';

const route = (uid: string, metadata: object = {}): KubeObject => ({
  apiVersion: 'aigateway.envoyproxy.io/v1beta1',
  kind: 'AIGatewayRoute',
  metadata: { namespace: 'n', name: 'r', uid, ...metadata },
});
const kind = 'AIGatewayRoute';

test('one that was never seen is not gone, and neither is one that is there', () => {
  const routes = createDeletedRoutes();
  routes.note({ kind, before: undefined, after: route('a') });
  routes.note({ kind, before: route('a'), after: route('a', { labels: { x: 'y' } }) });
  expect(['a', 'never'].map((uid) => routes.has(uid))).toEqual([false, false]);
});

test.each([
  { what: 'that has gone', after: undefined },
  { what: 'that is on its way', after: route('a', { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
  { what: 'in whose place there is another', after: route('b') },
])('one $what is gone, and the other of its name is not', ({ after }) => {
  const routes = createDeletedRoutes();
  routes.note({ kind, before: route('a'), after });
  expect(['a', 'b'].map((uid) => routes.has(uid))).toEqual([true, false]);
});

test('what is no AIGatewayRoute does not count', () => {
  const routes = createDeletedRoutes();
  routes.note({ kind: 'HTTPRoute', before: route('a'), after: undefined });
  expect(routes.has('a')).toBe(false);
});

test('the last ten thousand are known', () => {
  const routes = createDeletedRoutes();
  for (let count = 0; count <= 10_000; count += 1) {
    routes.note({ kind, before: route(`u${count}`), after: undefined });
  }
  expect(['u0', 'u1', 'u10000'].map((uid) => routes.has(uid))).toEqual([false, true, true]);
});
