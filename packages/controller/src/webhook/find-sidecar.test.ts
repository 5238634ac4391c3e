import { createHash } from 'node:crypto';
import type { KubeObject } from '../kube/kube-object.ts';
import { createClusterState } from '../reconcilers/cluster-state.ts';
import { createStore, type WritableStore } from '../manager/store.ts';
import { createFindSidecar } from './find-sidecar.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the proxies of a Gateway', () => {
  const object = (kind: string, name: string, spec: object, annotations = {}): never =>
    ({
      apiVersion: kind === 'Gateway' ? 'gateway.networking.k8s.io/v1' : 'aigateway.envoyproxy.io/v1beta1',
      kind,
      metadata: { name, namespace: 'default', annotations },
      spec,
    }) as never;

  function find(name: string, isPromised?: boolean): ReturnType<ReturnType<typeof createFindSidecar>> {
    const parent = (gateway: string): object => ({
      group: 'gateway.networking.k8s.io',
      kind: 'Gateway',
      name: gateway,
    });
    const stores = new Map<string, WritableStore>();
    const objects: readonly KubeObject[] = [
      object('AIGatewayRoute', 'r', {
        parentRefs: ['gw', 'plain', 'closed', 'selecting'].map(parent),
        rules: [{ backendRefs: [{ name: 'b' }] }],
      }),
      object(
        'Gateway',
        'gw',
        { gatewayClassName: 'c', listeners: [{ name: 'http', protocol: 'HTTP', port: 80 }] },
        { 'aigateway.envoyproxy.io/gateway-config': 'c' },
      ),
      object('Gateway', 'closed', {
        gatewayClassName: 'c',
        listeners: [
          { name: 'http', protocol: 'HTTP', port: 80, allowedRoutes: { namespaces: { from: 'None' } } },
        ],
      }),
      object('Gateway', 'selecting', {
        gatewayClassName: 'c',
        listeners: [
          {
            name: 'http',
            protocol: 'HTTP',
            port: 80,
            allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { a: 'b' } } } },
          },
        ],
      }),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', labels: { a: 'b' } } },
      object('GatewayConfig', 'c', { extProc: { kubernetes: { image: 'x' } } }),
    ];
    for (const one of objects) {
      const store = stores.get(one.kind) ?? createStore();
      store.put(one);
      stores.set(one.kind, store);
    }
    return createFindSidecar(createClusterState(stores).resources, sha256Hex)('default', name, isPromised);
  }

  test('get what its GatewayConfig says', () => {
    expect(find('gw')).toEqual({
      configSecret: expect.stringMatching(/^gw-default-[0-9a-f]{12}$/) as string,
      overrides: { image: 'x' },
    });
  });

  test('get the defaults without one', () => {
    expect(find('plain')).not.toHaveProperty('overrides');
  });

  test('get it where a listener selects the namespace of a route', () => {
    expect(find('selecting')).toBeDefined();
  });

  test('get nothing where no listener takes the route', () => {
    expect(find('closed')).toBeUndefined();
  });

  test('get nothing where no AI route leads', () => {
    expect(find('other')).toBeUndefined();
  });

  test('get the defaults where the leader has seen a route that this replica has not', () => {
    expect(find('other', true)).toEqual({
      configSecret: expect.stringMatching(/^other-default-[0-9a-f]{12}$/) as string,
    });
  });
});
