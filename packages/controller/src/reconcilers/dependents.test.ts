import type { KubeObject } from '../kube/kube-object.ts';
import { type KubeKind, resourceTypes } from '../kube/resource-types.ts';
import { createStore, type WritableStore } from '../manager/store.ts';
import { createClusterState } from './cluster-state.ts';
import { delayOf, dependentsOf } from './dependents.ts';

const object = (kind: KubeKind, name: string, more: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: resourceTypes[kind].apiVersion,
  kind,
  metadata: { namespace: 'n', name, uid: `u-${name}`, generation: 1, ...metadata },
  ...more,
});

const cluster: readonly KubeObject[] = [
  object('AIGatewayRoute', 'r', {
    spec: { parentRefs: [{ name: 'g' }], rules: [{ backendRefs: [{ name: 'b' }] }] },
  }),
  object('AIGatewayRoute', 'far', {
    spec: { parentRefs: [{ name: 'h' }], rules: [{ backendRefs: [{ name: 'other' }] }] },
  }),
  object('AIServiceBackend', 'b', { spec: { schema: 'OpenAI', backendRef: { name: 'server' } } }),
  object('AIServiceBackend', 's', {
    spec: { schema: 'OpenAI', backendRef: { name: 'svc', kind: 'Service' } },
  }),
  object('BackendSecurityPolicy', 'p', {
    spec: {
      targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'b' }],
      type: 'APIKey',
      apiKey: { secretRef: { name: 'key' } },
    },
  }),
  object('BackendTLSPolicy', 't', {
    spec: {
      targetRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'server' }],
      validation: {
        hostname: 'x.example.com',
        caCertificateRefs: [
          { group: '', kind: 'ConfigMap', name: 'ca' },
          { group: '', kind: 'Secret', name: 'ca' },
        ],
      },
    },
  }),
  object(
    'Gateway',
    'g',
    {
      spec: { gatewayClassName: 'eg', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    },
    { annotations: { 'aigateway.envoyproxy.io/gateway-config': 'settings' } },
  ),
];

function stateOf(objects: readonly KubeObject[]): ReturnType<typeof createClusterState> {
  const stores = new Map<string, WritableStore>();
  for (const item of objects) {
    const store = stores.get(item.kind) ?? createStore();
    store.put(item);
    stores.set(item.kind, store);
  }
  return createClusterState(stores);
}

const allDependents = (
  before: KubeObject | undefined,
  after: KubeObject | undefined,
  objects = cluster,
): string[] =>
  dependentsOf(stateOf(objects), { kind: (after ?? before)?.kind ?? '', before, after })
    .map(({ controller, key }) => `${controller} ${key}`)
    .sort();

/** Besides the credentials of policies, which go with their conditions. */
const dependents = (before: KubeObject | undefined, after: KubeObject | undefined): string[] =>
  allDependents(before, after).filter((dependent) => !dependent.startsWith('CredentialRotation'));

const throughBackend = [
  'AIGatewayRoute n/r',
  'AIServiceBackend n/b',
  'BackendSecurityPolicy n/p',
  'Gateway n/g',
];
const owned = (kind: string, name: string): object => ({ ownerReferences: [{ kind, name, uid: 'u' }] });

describe('dependentsOf', () => {
  test.each([
    { what: 'a Secret', changed: object('Secret', 'key'), want: throughBackend },
    { what: 'a Secret that nobody reads', changed: object('Secret', 'x'), want: [] },
    { what: 'a Backend', changed: object('Backend', 'server'), want: throughBackend },
    { what: 'a Service', changed: object('Service', 'svc'), want: ['AIServiceBackend n/s'] },
    { what: 'a ConfigMap', changed: object('ConfigMap', 'ca'), want: throughBackend },
    { what: 'a ConfigMap that nobody trusts', changed: object('ConfigMap', 'x'), want: [] },
    { what: 'a Secret with an authority', changed: object('Secret', 'ca'), want: throughBackend },
    {
      what: 'a ConfigMap of another namespace',
      changed: object('ConfigMap', 'ca', {}, { namespace: 'm' }),
      want: [],
    },
    {
      what: 'a BackendTrafficPolicy',
      changed: object('BackendTrafficPolicy', 'x'),
      want: ['AIGatewayRoute n/far', 'AIGatewayRoute n/r', 'Gateway n/g', 'Gateway n/h'],
    },
    {
      what: 'a GatewayConfig',
      changed: object('GatewayConfig', 'settings'),
      want: ['AIGatewayRoute n/r', 'Gateway n/g', 'GatewayConfig n/settings'],
    },
    { what: 'an HTTPRoute of ours', changed: object('HTTPRoute', 'r'), want: ['AIGatewayRoute n/r'] },
    {
      what: 'an HTTPRoute whose AIGatewayRoute is gone',
      changed: object('HTTPRoute', 'gone', {}, owned('AIGatewayRoute', 'gone')),
      want: ['AIGatewayRoute n/gone'],
    },
    { what: "an HTTPRoute of somebody else's", changed: object('HTTPRoute', 'x'), want: [] },
    {
      what: 'a filter of ours',
      changed: object('HTTPRouteFilter', 'f', {}, owned('AIGatewayRoute', 'r')),
      want: ['AIGatewayRoute n/r'],
    },
    {
      what: 'a Backend of ours',
      changed: object('Backend', 'ai-eg-service-s', {}, owned('AIServiceBackend', 's')),
      want: ['AIServiceBackend n/s'],
    },
    {
      what: 'a configuration Secret',
      changed: object('Secret', 'x', {}, { annotations: { 'aigateway.envoyproxy.io/gateway': 'n/g' } }),
      want: ['Gateway n/g'],
    },
    {
      what: 'a proxy',
      changed: object(
        'Pod',
        'x',
        {},
        {
          labels: {
            'gateway.envoyproxy.io/owning-gateway-name': 'g',
            'gateway.envoyproxy.io/owning-gateway-namespace': 'n',
          },
        },
      ),
      want: ['Gateway n/g'],
    },
    {
      what: "somebody else's filter under a name of ours",
      changed: object('HTTPRouteFilter', 'ai-eg-refused-12-r'),
      want: ['AIGatewayRoute n/r'],
    },
    {
      what: "somebody else's BackendTLSPolicy under a name of ours",
      changed: object('BackendTLSPolicy', 'ai-eg-service-s', {
        spec: { targetRefs: [], validation: { hostname: 'x' } },
      }),
      want: ['AIServiceBackend n/s'],
    },
    {
      what: 'a proxy of a whole class',
      changed: object(
        'Deployment',
        'x',
        {},
        { labels: { 'gateway.envoyproxy.io/owning-gatewayclass': 'eg' } },
      ),
      want: ['AIGatewayRoute n/r'],
    },
    { what: 'an MCPRoute', changed: object('MCPRoute', 'x'), want: ['Unsupported MCPRoute n/x'] },
    { what: 'a kind that is not ours', changed: object('Lease', 'x'), want: [] },
  ])('$what leads to $want', ({ changed, want }) => {
    expect(dependents(undefined, changed)).toEqual(want);
    expect(dependents(changed, undefined)).toEqual(want);
  });

  test.each(['ConfigMap', 'Secret'] as const)('a %s that a Backend trusts by itself', (kind) => {
    const server = object('Backend', 'server', {
      spec: {
        endpoints: [{ fqdn: { hostname: 'x.example.com', port: 443 } }],
        tls: { caCertificateRefs: [{ group: '', kind, name: 'own-ca' }] },
      },
    });
    expect(allDependents(undefined, object(kind, 'own-ca'), [...cluster, server])).toEqual(
      expect.arrayContaining(throughBackend),
    );
  });

  test('what makes an object ours may be taken off it: its Gateway looks at it all the same', () => {
    const marks = { annotations: { 'aigateway.envoyproxy.io/gateway': 'n/g' } };
    const labels = {
      'gateway.envoyproxy.io/owning-gateway-name': 'g',
      'gateway.envoyproxy.io/owning-gateway-namespace': 'n',
    };
    expect(dependents(object('Secret', 'x', {}, marks), object('Secret', 'x'))).toEqual(['Gateway n/g']);
    for (const kind of ['Pod', 'Deployment', 'DaemonSet'] as const) {
      expect(dependents(object(kind, 'x', {}, { labels }), object(kind, 'x'))).toEqual(['Gateway n/g']);
    }
  });

  test('a Gateway that begins to go is more than a status', () => {
    const going = object('Gateway', 'g', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(dependents(object('Gateway', 'g'), going)).toContain('AIGatewayRoute n/r');
  });

  test('Gateways come before everything else', () => {
    const change = { kind: 'Secret', before: undefined, after: object('Secret', 'key') };
    expect(dependentsOf(stateOf(cluster), change)[0]).toEqual({ controller: 'Gateway', key: 'n/g' });
  });

  test('the labels of a Namespace decide to which Gateways its routes are attached', () => {
    const namespace = (name: string, labels: object): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { ...labels } },
    });
    const before = namespace('n', { a: 'b' });
    const want = ['AIGatewayRoute n/far', 'AIGatewayRoute n/r', 'Gateway n/g', 'Gateway n/h'];
    expect(dependents(before, namespace('n', { a: 'c' }))).toEqual(want);
    expect(dependents(undefined, before)).toEqual(want);
    expect(dependents(before, namespace('n', { a: 'b' }))).toEqual([]);
    expect(dependents(namespace('m', { a: 'b' }), namespace('m', {}))).toEqual([]);
  });

  test('a ReferenceGrant is everybody’s business', () => {
    expect(dependents(undefined, object('ReferenceGrant', 'x'))).toEqual([
      'AIGatewayRoute n/far',
      'AIGatewayRoute n/r',
      'AIServiceBackend n/b',
      'AIServiceBackend n/s',
      'BackendSecurityPolicy n/p',
      'Gateway n/g',
      'Gateway n/h',
    ]);
  });

  test('a route that moves to another Gateway and another backend concerns all four', () => {
    const [before] = cluster;
    const after = object(
      'AIGatewayRoute',
      'r',
      { spec: { parentRefs: [{ name: 'h' }], rules: [{ backendRefs: [{ name: 's' }] }] } },
      { generation: 2 },
    );
    expect(dependents(before, after)).toEqual(
      expect.arrayContaining(['Gateway n/g', 'Gateway n/h', 'AIServiceBackend n/b', 'AIServiceBackend n/s']),
    );
  });

  test('a status is no reason to plan again, but for the one that is read', () => {
    const withStatus = (kind: KubeKind): [KubeObject, KubeObject] => [
      object(kind, 'r'),
      object(kind, 'r', { status: {} }),
    ];
    expect(dependents(...withStatus('Gateway'))).toEqual([]);
    expect(dependents(...withStatus('HTTPRoute'))).toEqual(['AIGatewayRoute n/r']);
  });

  test.each([
    ['AIGatewayRoute', 'AIGatewayRoute n/r'],
    ['AIServiceBackend', 'AIServiceBackend n/r'],
    ['BackendSecurityPolicy', 'BackendSecurityPolicy n/r'],
    ['GatewayConfig', 'GatewayConfig n/r'],
    ['MCPRoute', 'Unsupported MCPRoute n/r'],
  ] as const)('a status of ours on %s is looked at again, and nothing else is', (kind, want) => {
    expect(dependents(object(kind, 'r'), object(kind, 'r', { status: {} }))).toEqual([want]);
  });

  test('a changed annotation is a reason', () => {
    const after = object('Gateway', 'g', {}, { annotations: { x: 'y' } });
    expect(dependents(object('Gateway', 'g'), after)).toContain('Gateway n/g');
  });

  test('our certificate is of every Gateway: its proxies are told whom to trust', () => {
    const certificate = object('Secret', 'certificate');
    const state = stateOf(cluster);
    const change = { kind: 'Secret', before: undefined, after: certificate };
    expect(dependentsOf(state, change, 'n/certificate').map(({ controller }) => controller)).toEqual(
      expect.arrayContaining(['Gateway']),
    );
    expect(dependentsOf(state, change, 'n/another')).toEqual([]);
  });

  test.each([
    { what: 'the secret of its client', name: 'client' },
    { what: 'what is rotated for it', name: 'ai-eg-bsp-o' },
  ])('an exchange depends on $what', ({ name }) => {
    const oidc = {
      provider: { issuer: 'https://issuer' },
      clientID: 'c',
      clientSecret: { name: 'client' },
    };
    const policy = object('BackendSecurityPolicy', 'o', {
      spec: {
        targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'b' }],
        type: 'AWSCredentials',
        awsCredentials: {
          oidcExchangeToken: { awsRoleArn: 'arn:aws:iam::123456789012:role/r', oidc },
        },
      },
    });
    const found = allDependents(undefined, object('Secret', name), [...cluster, policy]);
    expect(found).toEqual(
      expect.arrayContaining(['BackendSecurityPolicy n/o', 'CredentialRotation n/o', 'Gateway n/g']),
    );
  });

  test('the credentials of a policy are looked at with its conditions, but not after a status', () => {
    const policy = object('BackendSecurityPolicy', 'p');
    expect(allDependents(undefined, policy)).toContain('CredentialRotation n/p');
    const after = object('BackendSecurityPolicy', 'p', { status: {} });
    expect(allDependents(policy, after)).toEqual(['BackendSecurityPolicy n/p']);
  });
});

describe('what is not urgent', () => {
  const published = { annotations: { 'aigateway.envoyproxy.io/gateway': 'n/g' } };
  const gateway = { controller: 'Gateway', key: 'n/g' } as const;
  const route = { controller: 'AIGatewayRoute', key: 'n/r' } as const;
  const change = (before: KubeObject | undefined, after: KubeObject | undefined) => ({
    kind: (after ?? before)!.kind,
    before,
    after,
  });

  test.each([
    {
      what: 'a configuration that we published',
      given: [undefined, object('Secret', 'part', {}, published)],
    },
    { what: 'one that somebody removed', given: [object('Secret', 'part', {}, published), undefined] },
    { what: 'a pod that we annotated', given: [object('Pod', 'p'), object('Pod', 'p', {}, published)] },
  ] as const)('$what waits a second', ({ given: [before, after] }) => {
    expect(delayOf(change(before, after), gateway, 1)).toBe(1_000);
  });

  test.each([
    { what: 'a credential', given: [undefined, object('Secret', 'key')] },
    { what: 'a pod that has come', given: [undefined, object('Pod', 'p')] },
    {
      what: 'a pod that is now of another Gateway',
      given: [object('Pod', 'p'), object('Pod', 'p', {}, { labels: { owner: 'other' } })],
    },
    {
      what: 'a pod that ends',
      given: [object('Pod', 'p'), object('Pod', 'p', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
    },
  ] as const)('$what does not', ({ given: [before, after] }) => {
    expect(delayOf(change(before, after), gateway, 1_000)).toBe(0);
  });

  test('what is said of a credential waits where there is much to say', () => {
    const given = change(undefined, object('Secret', 'key'));
    expect(delayOf(given, route, 50)).toBe(0);
    expect(delayOf(given, route, 51)).toBe(1_000);
    expect(delayOf(change(undefined, object('Backend', 'b')), route, 1_000)).toBe(0);
  });
});
