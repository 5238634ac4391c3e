import { createHash } from 'node:crypto';
import { createClusterState } from '../reconcilers/cluster-state.ts';
import { createStore } from '../manager/store.ts';
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
    const stores = new Map(
      [
        object('AIGatewayRoute', 'r', {
          parentRefs: ['gw', 'plain'].map(parent),
          rules: [{ backendRefs: [{ name: 'b' }] }],
        }),
        object(
          'Gateway',
          'gw',
          { gatewayClassName: 'c', listeners: [{ name: 'http', protocol: 'HTTP', port: 80 }] },
          { 'aigateway.envoyproxy.io/gateway-config': 'c' },
        ),
        object('GatewayConfig', 'c', { extProc: { kubernetes: { image: 'x' } } }),
      ].map((one: { kind: string; metadata: { namespace: string; name: string } }) => {
        const store = createStore();
        store.put(one as never);
        return [one.kind, store] as const;
      }),
    );
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

  test('get nothing where no AI route leads', () => {
    expect(find('other')).toBeUndefined();
  });

  test('get the defaults where the leader has seen a route that this replica has not', () => {
    expect(find('other', true)).toEqual({
      configSecret: expect.stringMatching(/^other-default-[0-9a-f]{12}$/) as string,
    });
  });
});
