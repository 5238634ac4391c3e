import type { KubeObject } from '../../kube/kube-object.ts';
import { type KubeKind, resourceTypes } from '../../kube/resource-types.ts';
import { createStore } from '../../manager/store.ts';
import { createClusterState } from '../cluster-state.ts';
import { isMerged } from './merged-proxies.ts';

const object = (kind: KubeKind, metadata: object, spec: object = {}): KubeObject => ({
  apiVersion: resourceTypes[kind].apiVersion,
  kind,
  metadata: { namespace: 'eg', name: 'x', ...metadata },
  spec,
});
const gateway = object(
  'Gateway',
  { namespace: 'team', name: 'gw' },
  { gatewayClassName: 'shared', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
);
const ofClass = { 'gateway.envoyproxy.io/owning-gatewayclass': 'shared' };

test.each<{ name: string; proxies: KubeObject; want: boolean }>([
  { name: 'its class has a Deployment', proxies: object('Deployment', { labels: ofClass }), want: true },
  { name: 'its class has a DaemonSet', proxies: object('DaemonSet', { labels: ofClass }), want: true },
  {
    name: 'another class has',
    proxies: object('Deployment', { labels: { 'gateway.envoyproxy.io/owning-gatewayclass': 'other' } }),
    want: false,
  },
  {
    name: 'the Deployment names its Gateway as well',
    proxies: object('Deployment', {
      labels: { ...ofClass, 'gateway.envoyproxy.io/owning-gateway-name': 'gw' },
    }),
    want: false,
  },
  {
    name: 'somebody else has given a Deployment that label',
    proxies: object('Deployment', { namespace: 'team', labels: ofClass }),
    want: false,
  },
])('a Gateway shares its proxies where $name: $want', ({ proxies, want }) => {
  const stores = new Map([gateway, proxies].map((item) => [item.kind, createStore()]));
  for (const item of [gateway, proxies]) stores.get(item.kind)?.put(item);
  const state = createClusterState(stores);
  expect(isMerged({ state, envoyGatewayNamespace: 'eg' }, 'team/gw')).toBe(want);
});
