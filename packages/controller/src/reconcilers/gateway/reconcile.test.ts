import { gatewayAnnotation } from '@aigw/planner';
import { KubeApiError } from '../../kube/api-error.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import { plannedBackends } from '../__fixtures__/planned-backends.ts';
import {
  backend,
  createSmallCluster,
  gateway,
  indexName,
  object,
  route,
  secret,
  type SmallCluster,
} from '../__fixtures__/small-cluster.ts';
import { reconcileGateway } from './reconcile.ts';
import { checksumAnnotation } from './refresh-proxies.ts';

const own = `e/${indexName('g')}`;
const labels = {
  'gateway.envoyproxy.io/owning-gateway-name': 'g',
  'gateway.envoyproxy.io/owning-gateway-namespace': 'n',
};
const deployment = object(
  'Deployment',
  'd',
  { spec: { template: { metadata: {} } } },
  { namespace: 'e', labels },
);
const proxy = object(
  'Pod',
  'p',
  { spec: { containers: [{ name: 'ai-gateway-extproc' }] } },
  { namespace: 'e', labels },
);

/** A Gateway `g` with its route and its proxies, and a look at it. */
function start(...more: readonly KubeObject[]): SmallCluster & { readonly look: () => Promise<void> } {
  const cluster = createSmallCluster([
    gateway('g'),
    route(['g']),
    ...backend('b'),
    deployment,
    proxy,
    ...more,
  ]);
  const reconcile = reconcileGateway(cluster.context);
  const { signal } = new AbortController();
  return { ...cluster, look: () => reconcile('n/g', signal) };
}

const unreadable = (): KubeObject => ({ ...gateway('g'), spec: { listeners: 'none of these' } });

const ofSecrets =
  (method: string, status: number, message: string) => (request: { method: string; path: string }) => {
    if (request.method === method && request.path.includes('/secrets/'))
      throw new KubeApiError(status, 'Refused', message);
  };

describe('a Gateway that is there and cannot be read', () => {
  test('keeps its configuration and its sidecars, and is named with what is wrong, once', async () => {
    const { look, put, secrets, context, logger, enqueued, requests } = start();
    await look();
    const [before, written] = [secrets(), requests.length];
    expect(before).toContain(own);
    put(unreadable());
    await look();
    await look();
    expect(secrets()).toEqual(before);
    expect(requests).toHaveLength(written);
    expect(logger.lines).toEqual(['error a Gateway cannot be read; its proxies stay as they are']);
    expect(context.publications.failureOf('n/g')).toMatch(/^the Gateway cannot be read: spec\./);
    expect(enqueued.filter((key) => key === 'AIGatewayRoute n/r')).toHaveLength(1);
    put(gateway('g'));
    await look();
    expect(context.publications.failureOf('n/g')).toBeUndefined();
    expect(enqueued.filter((key) => key === 'AIGatewayRoute n/r')).toHaveLength(2);
  });

  test('goes like any other when it is deleted', async () => {
    const { look, put, secrets } = start();
    await look();
    put({
      ...unreadable(),
      metadata: { ...gateway('g').metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    });
    await look();
    expect(secrets().filter((key) => key.startsWith('e/'))).toEqual([]);
  });
});

describe('what is removed', () => {
  const marks = { annotations: { [gatewayAnnotation]: 'n/g' } };
  const ours = {
    labels: {
      'app.kubernetes.io/managed-by': 'ai-gateway-controller',
      'aigateway.envoyproxy.io/filter-config': 'part',
    },
  };

  test("is this Gateway's own: nobody's Secret goes for what stands on it", async () => {
    const strangers = [
      secret('x', 'k', { ...marks, ...ours, namespace: 'stranger' }),
      secret(indexName('g'), 'k', { ...marks, ...ours, namespace: 'stranger' }),
      secret('y', 'k', { ...marks, ...ours, namespace: 'e' }),
      secret(`${indexName('g')}-part-003`, 'k', { ...marks, namespace: 'e' }),
    ];
    const { look, requests } = start(...strangers);
    await look();
    expect(requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  test.each(['e', 'n'])('is what was left of it in %s', async (namespace) => {
    const { look, secrets } = start(secret(`${indexName('g')}-part-003`, 'k', { ...ours, namespace }));
    await look();
    expect(secrets()).not.toContain(`${namespace}/${indexName('g')}-part-003`);
    expect(secrets()).toContain(own);
  });

  test('may be refused: the configuration is published all the same, and it is tried again', async () => {
    const { look, control, context, logger, enqueued, get, remove } = start(
      secret(`${indexName('g')}-part-003`, 'k', { ...ours, namespace: 'n' }),
    );
    control.refuse = ofSecrets('DELETE', 403, 'no');
    await look();
    expect(context.publications.await('n/g', [...plannedBackends(context, 'n/g')], 'n/r')).toBe(true);
    expect(get('Pod', 'e/p')?.metadata.annotations).toHaveProperty([checksumAnnotation]);
    expect(logger.lines).toContain('warn a Secret of no more use cannot be removed');
    // Proxies have reasons of their own for another look.
    remove(proxy);
    const before = enqueued.length;
    await look();
    expect(enqueued.slice(before)).toContain('Gateway n/g');
  });
});

describe('a configuration that cannot be written', () => {
  test('is told by its size, is not tried again, and the last one and the proxies stay', async () => {
    const { look, put, context, configOf, enqueued, get } = start();
    await look();
    const before = configOf('g');
    const policies = Array.from({ length: 7 }, (_, number) => [
      ...backend(`l${number}`).slice(0, 3),
      secret(`l${number}-key`, 'x'.repeat(900_000)),
    ]).flat();
    put(
      ...policies,
      object('AIGatewayRoute', 'r', {
        spec: {
          parentRefs: [{ name: 'g' }],
          rules: [0, 1, 2, 3, 4, 5, 6].map((number) => ({ backendRefs: [{ name: `l${number}` }] })),
        },
      }),
      { ...proxy, metadata: { ...proxy.metadata, name: 'p2' } },
    );
    await expect(look()).rejects.toMatchObject({ code: 'terminal' });
    expect(context.publications.failureOf('n/g')).toMatch(/^it has 63\d{5} bytes, and 5734400 are the most/);
    expect(enqueued).toContain('AIGatewayRoute n/r');
    expect(configOf('g')).toBe(before);
    expect(get('Pod', 'e/p2')?.metadata.annotations).toHaveProperty([checksumAnnotation]);
  });

  test.each([
    [403, 'secrets "x" is forbidden'],
    [422, 'admission webhook "policy" denied the request'],
  ])(
    'is told in the words of the API server (%i), without what is in Secrets, and tried again',
    async (status, words) => {
      const { look, control, context, enqueued } = start();
      control.refuse = ofSecrets('PATCH', status, `${words}: ${'QUJD'.repeat(40)}`);
      await expect(look()).rejects.toThrow(words);
      expect(context.publications.failureOf('n/g')).toBe(`${words}: …`);
      expect(enqueued).toContain('AIGatewayRoute n/r');
      control.refuse = undefined;
      await look();
      expect(context.publications.failureOf('n/g')).toBeUndefined();
    },
  );

  test.each([0, 409, 429, 500])('for a while (%i) is only tried again', async (status) => {
    const { look, control, context } = start();
    control.refuse = ofSecrets('PATCH', status, 'not now');
    await expect(look()).rejects.toThrow('not now');
    expect(context.publications.failureOf('n/g')).toBeUndefined();
  });
});

describe('a backend that leaves the plan', () => {
  const far = object('AIGatewayRoute', 'r', {
    spec: { parentRefs: [{ name: 'g' }], rules: [{ backendRefs: [{ name: 'b', namespace: 'm' }] }] },
  });
  const grant = (kind: string, group: string, to: string, toGroup: string): KubeObject =>
    object(
      'ReferenceGrant',
      to.toLowerCase(),
      { spec: { from: [{ group, kind, namespace: 'n' }], to: [{ group: toGroup, kind: to }] } },
      { namespace: 'm' },
    );
  const grants = [
    grant('AIGatewayRoute', 'aigateway.envoyproxy.io', 'AIServiceBackend', 'aigateway.envoyproxy.io'),
    grant('HTTPRoute', 'gateway.networking.k8s.io', 'Backend', 'gateway.envoyproxy.io'),
  ];
  const elsewhere = backend('b').map((item) => ({ ...item, metadata: { ...item.metadata, namespace: 'm' } }));

  test('stays for a while, with its key', async () => {
    const { look, remove, configOf } = start(far, ...grants, ...elsewhere);
    await look();
    for (const item of elsewhere) remove(item);
    await look();
    expect(configOf('g')).toContain('sk-b');
  });

  test('goes at once where it may be referred to no longer', async () => {
    const { look, remove, configOf } = start(far, ...grants, ...elsewhere);
    await look();
    expect(configOf('g')).toContain('sk-b');
    for (const item of grants) remove(item);
    await look();
    expect(configOf('g')).not.toContain('sk-b');
  });

  test('does not keep its key when its policy goes', async () => {
    const { look, remove, configOf } = start();
    await look();
    expect(configOf('g')).toContain('sk-b');
    for (const item of backend('b')) if (item.kind === 'BackendSecurityPolicy') remove(item);
    await look();
    expect(configOf('g')).not.toContain('sk-b');
  });
});

test('a pod is changed, and its volume looked at, when the authority of the controller changes', async () => {
  const authority = (text: string): KubeObject =>
    object(
      'Secret',
      'certificate',
      { data: { 'ca.crt': Buffer.from(text).toString('base64') } },
      { namespace: 'c' },
    );
  const { look, put, get } = start(authority('first'));
  const checksum = (): unknown => get('Pod', 'e/p')?.metadata.annotations?.[checksumAnnotation];
  await look();
  const first = checksum();
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  await look();
  expect(checksum()).toBe(first);
  put(authority('second'));
  await look();
  expect(checksum()).not.toBe(first);
});
