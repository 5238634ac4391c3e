import type { KubeObject } from '../../kube/kube-object.ts';
import { type KubeKind, resourceTypes } from '../../kube/resource-types.ts';
import { createStore, type WritableStore } from '../../manager/store.ts';
import { createClusterState } from '../cluster-state.ts';
import { gatherProxies, type Proxies } from './gather-proxies.ts';

const proxy = (kind: KubeKind, namespace: string, name: string): KubeObject => ({
  apiVersion: resourceTypes[kind].apiVersion,
  kind,
  metadata: {
    namespace,
    name,
    labels: {
      'gateway.envoyproxy.io/owning-gateway-name': 'gw',
      'gateway.envoyproxy.io/owning-gateway-namespace': 'team',
    },
  },
});

function gather(...objects: readonly KubeObject[]): Proxies {
  const stores = new Map<string, WritableStore>();
  for (const object of objects) {
    const store = stores.get(object.kind) ?? createStore();
    stores.set(object.kind, store);
    store.put(object);
  }
  return gatherProxies({ state: createClusterState(stores), envoyGatewayNamespace: 'eg' }, 'team/gw');
}

const namesOf = ({ deployments, daemonSets, pods }: Proxies): string[] =>
  [...deployments, ...daemonSets, ...pods].map(({ metadata }) => metadata.name);

test('before there are proxies, their place is the namespace of Envoy Gateway', () => {
  expect(gather()).toMatchObject({ namespace: 'eg', pods: [] });
});

test('they are beside their Gateway where Envoy Gateway puts them there', () => {
  const proxies = gather(proxy('Deployment', 'team', 'd'), proxy('Pod', 'team', 'p'));
  expect(proxies.namespace).toBe('team');
  expect(namesOf(proxies)).toEqual(['d', 'p']);
});

test("labels on somebody else's objects move nothing", () => {
  const stranger = (['Deployment', 'DaemonSet', 'Pod'] as const).map((kind) =>
    proxy(kind, 'a-stranger', 'x'),
  );
  expect(gather(...stranger)).toMatchObject({ namespace: 'eg', deployments: [], daemonSets: [], pods: [] });
  const proxies = gather(...stranger, proxy('Deployment', 'eg', 'd'), proxy('Pod', 'eg', 'p'));
  expect(proxies.namespace).toBe('eg');
  expect(namesOf(proxies)).toEqual(['d', 'p']);
});

test('what is in the namespace of Envoy Gateway comes before what is beside the Gateway', () => {
  const proxies = gather(proxy('Deployment', 'team', 'forged'), proxy('Pod', 'eg', 'p'));
  expect(proxies.namespace).toBe('eg');
  expect(namesOf(proxies)).toEqual(['p']);
});
