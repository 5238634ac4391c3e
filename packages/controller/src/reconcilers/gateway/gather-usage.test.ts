import type { FilterConfig } from '@aigw/api-types';
import { encodeRouteStamp, planFilterConfigSecrets, stampAnnotation } from '@aigw/planner';
import { createHash } from 'node:crypto';
import type { KubeObject } from '../../kube/kube-object.ts';
import { createStore, type WritableStore } from '../../manager/store.ts';
import { type ClusterState, createClusterState } from '../cluster-state.ts';
import { gatherPublished, gatherUsage, isSettled } from './gather-usage.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const id = 'default/b/route/r/rule/0/ref/0';

function stateOf(...objects: readonly KubeObject[]): ClusterState {
  const stores = new Map<string, WritableStore>();
  for (const object of objects) {
    const store = stores.get(object.kind) ?? createStore();
    stores.set(object.kind, store);
    store.put(object);
  }
  for (const kind of ['AIGatewayRoute', 'HTTPRoute', 'Secret'])
    stores.set(kind, stores.get(kind) ?? createStore());
  return createClusterState(stores);
}

const parent = (name: string, observedGeneration: number, status = 'True'): object => ({
  parentRef: { name },
  conditions: [{ type: 'Accepted', status, observedGeneration }],
});

const httpRoute = (...parents: readonly object[]): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: {
    namespace: 'default',
    name: 'r',
    generation: 3,
    annotations: {
      [stampAnnotation]: encodeRouteStamp({
        version: 1,
        route: 'default/r',
        rules: [{ backends: [{ id, priority: 0, hosts: [] }] }],
      }),
    },
  },
  status: { parents },
});

const route: KubeObject = {
  apiVersion: 'aigateway.envoyproxy.io/v1beta1',
  kind: 'AIGatewayRoute',
  metadata: { namespace: 'default', name: 'r' },
  spec: { parentRefs: [{ name: 'gw', kind: 'Gateway', group: 'gateway.networking.k8s.io' }], rules: [] },
};

test.each([
  ['nobody has looked at it', [], false],
  ['it was looked at before it changed', [parent('gw', 2)], false],
  ['it was taken', [parent('gw', 3)], true],
  ['it was refused: it serves nothing of before', [parent('gw', 3, 'False')], true],
  ['another Gateway has taken it', [parent('other', 3), parent('gw', 2)], false],
  ['another Gateway has not taken it', [parent('other', 2), parent('gw', 3)], true],
  ['only another Gateway is left: it has gone there', [parent('other', 3)], true],
  ['only another Gateway is left, which has not taken it', [parent('other', 2)], false],
  ['one of its listeners has not', [parent('gw', 3), parent('gw', 2)], false],
])('an HTTPRoute of which %s', (_what, parents, want) => {
  expect(isSettled(httpRoute(...parents), 'default/gw')).toBe(want);
});

test('what the HTTPRoutes of a Gateway lead to is in use, and one that was not taken is unsettled', () => {
  const usage = gatherUsage({ state: stateOf(route, httpRoute(parent('gw', 2))) }, 'default/gw');
  expect(usage.inUse).toEqual(new Set([id]));
  expect(usage.isUnsettled('default/r')).toBe(true);
  const taken = gatherUsage({ state: stateOf(route, httpRoute(parent('gw', 3))) }, 'default/gw');
  expect(taken.isUnsettled('default/r')).toBe(false);
});

test('a route that has left the Gateway is unsettled until Envoy Gateway knows', () => {
  const usage = gatherUsage({ state: stateOf(httpRoute(parent('gw', 2))) }, 'default/gw');
  expect(usage.inUse.size).toBe(0);
  expect(usage.isUnsettled('default/r')).toBe(true);
});

test('a route without an HTTPRoute leads nowhere', () => {
  const usage = gatherUsage({ state: stateOf(route) }, 'default/gw');
  expect(usage.inUse.size).toBe(0);
  expect(usage.isUnsettled('default/r')).toBe(false);
});

describe('what another leader has published', () => {
  const proxy = { namespace: 'system', gateway: 'default/gw' };
  const backend = { name: id, schema: { name: 'Anthropic' }, host: 'api.anthropic.com' } as const;
  const config: FilterConfig = {
    version: 'dev',
    globalLLMRequestCosts: [],
    llmRequestCosts: [],
    backends: [backend],
    models: [],
    unscopedModels: [],
    modelsByHost: {},
  };
  const place = { gateway: { namespace: 'default', name: 'gw' }, namespace: 'system' };
  const publishedAs = (value: FilterConfig): KubeObject[] =>
    planFilterConfigSecrets(place, value, { now: 1 }, sha256Hex).secrets.map((secret) => ({ ...secret }));

  test('is read, with backends of the version before', () => {
    expect(gatherPublished({ state: stateOf(...publishedAs(config)), sha256Hex }, proxy)).toEqual([backend]);
  });

  test.each([
    ['nothing', []],
    [
      'what cannot be read',
      publishedAs({ ...config, backends: [{ ...backend, schema: { name: 'X' as 'OpenAI' } }] }),
    ],
  ])('%s gives none', (_what, secrets) => {
    expect(gatherPublished({ state: stateOf(...secrets), sha256Hex }, proxy)).toEqual([]);
  });
});
