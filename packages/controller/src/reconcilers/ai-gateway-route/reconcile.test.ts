import { stampAnnotation } from '@aigw/planner';
import type { KubeObject } from '../../kube/kube-object.ts';
import type { KubeKind } from '../../kube/resource-types.ts';
import { conditionsOf } from '../../kube/status-writer.ts';
import { plannedBackends } from '../__fixtures__/planned-backends.ts';
import { backend, createSmallCluster, gateway, object, route } from '../__fixtures__/small-cluster.ts';
import { reconcileRoute } from './reconcile.ts';

const accepted = (observedGeneration: number, name = 'g'): object => ({
  parents: [
    {
      parentRef: { name },
      conditions: [{ type: 'Accepted', status: 'True', reason: 'Accepted', message: '', observedGeneration }],
    },
  ],
});

/** A route of a Gateway that knows its backend, and a look at it. */
function setUp(...more: readonly KubeObject[]) {
  const cluster = createSmallCluster([gateway('g'), route(['g']), ...backend('b'), ...more]);
  const { context, control, put, get, requests } = cluster;
  context.publications.publish('n/g', plannedBackends(context, 'n/g'));
  const reconcile = reconcileRoute(context);
  return {
    control,
    put,
    look: () => reconcile('n/r', new AbortController().signal),
    live: (kind: KubeKind, name: string) => get(kind, `n/${name}`),
    programmed: () => {
      const found = conditionsOf(get('AIGatewayRoute', 'n/r')!).find(({ type }) => type === 'Programmed');
      const { status, reason, message } = found ?? {};
      return { status, reason, message };
    },
    writes: () => requests.filter(({ path }) => !path.endsWith('/status')).length,
  };
}

const filterName = 'ai-eg-host-rewrite-r';

describe('Programmed', () => {
  test('is not what Envoy Gateway has said of the HTTPRoute before', async () => {
    const { put, live, look, programmed, control } = setUp();
    await look();
    expect(live('HTTPRoute', 'r')?.metadata.annotations).toHaveProperty([stampAnnotation]);
    put({ ...live('HTTPRoute', 'r')!, status: accepted(1) });
    await look();
    expect(programmed()).toMatchObject({ status: 'True' });
    const changed = live('AIGatewayRoute', 'r')!;
    const spec = { ...Object(changed['spec']), hostnames: ['a.example.com'] } as object;
    put({ ...changed, metadata: { ...changed.metadata, generation: 2 }, spec });
    control.isLate = true;
    await look();
    expect(programmed()).toMatchObject({ status: 'False', reason: 'Pending' });
  });

  test('names a Gateway that does not exist', async () => {
    const { put, live, look, programmed } = setUp(route(['g', 'gone']));
    await look();
    put({ ...live('HTTPRoute', 'r')!, status: accepted(1) });
    await look();
    expect(programmed()).toMatchObject({
      status: 'True',
      message: expect.stringContaining('n/gone, which does not exist') as string,
    });
  });

  test('is False behind Gateways that share their proxies', async () => {
    const labels = { 'gateway.envoyproxy.io/owning-gatewayclass': 'eg' };
    const { put, live, look, programmed } = setUp(
      object('Deployment', 'envoy-eg', {}, { namespace: 'e', labels }),
    );
    await look();
    put({ ...live('HTTPRoute', 'r')!, status: accepted(1) });
    await look();
    expect(programmed()).toMatchObject({ status: 'False', reason: 'Unsupported' });
  });
});

describe('filters', () => {
  test('are owned by the HTTPRoute as well once it is there, so that they go after it', async () => {
    const { live, look, writes } = setUp();
    await look();
    expect(live('HTTPRouteFilter', filterName)?.metadata.ownerReferences).toMatchObject([
      { kind: 'AIGatewayRoute', uid: 'u-r' },
    ]);
    await look();
    expect(live('HTTPRouteFilter', filterName)?.metadata.ownerReferences).toEqual([
      expect.objectContaining({ kind: 'AIGatewayRoute', uid: 'u-r', controller: true }),
      { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', name: 'r', uid: 'u-HTTPRoute-r' },
    ]);
    const before = writes();
    await look();
    expect(writes()).toBe(before);
  });

  test('of somebody else are left alone, and it is said', async () => {
    const theirs = object('HTTPRouteFilter', filterName, { spec: { urlRewrite: {} } });
    const { live, look, programmed } = setUp(theirs);
    await look();
    expect(live('HTTPRouteFilter', filterName)).toBe(theirs);
    expect(live('HTTPRoute', 'r')).toBeUndefined();
    expect(programmed()).toEqual({
      status: 'False',
      reason: 'Refused',
      message: `HTTPRouteFilter n/${filterName} exists and belongs to somebody else: rename one of the two.`,
    });
  });
});
