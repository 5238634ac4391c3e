import { stampAnnotation } from '@aigw/planner';
import { createQuietLogger } from '../../__fixtures__/quiet-logger.ts';
import { createScriptedClient } from '../../__fixtures__/scripted-client.ts';
import { createApplier } from '../../kube/apply.ts';
import { type KubeObject, keyOfMetadata } from '../../kube/kube-object.ts';
import { type KubeKind, resourceTypes } from '../../kube/resource-types.ts';
import { createStatusWriter } from '../../kube/status-writer.ts';
import { createStore, type WritableStore } from '../../manager/store.ts';
import { sha256Hex } from '../../sha256-hex.ts';
import { plannedBackends } from '../__fixtures__/planned-backends.ts';
import { createClusterState } from '../cluster-state.ts';
import { createPublications } from '../publications.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { reconcileRoute } from './reconcile.ts';

const object = (kind: KubeKind, name: string, more: object, metadata: object = {}): KubeObject => ({
  apiVersion: resourceTypes[kind].apiVersion,
  kind,
  metadata: { namespace: 'n', name, uid: `u-${name}`, generation: 1, ...metadata },
  ...more,
});

const gateway = (name: string): KubeObject =>
  object('Gateway', name, {
    spec: { gatewayClassName: 'eg', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  });

const route = (generation = 1, more: object = {}): KubeObject =>
  object(
    'AIGatewayRoute',
    'r',
    {
      spec: {
        parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'g' }],
        rules: [{ backendRefs: [{ name: 'b' }] }],
        ...more,
      },
    },
    { generation },
  );

const accepted = (observedGeneration: number, name = 'g'): object => ({
  parents: [
    {
      parentRef: { name },
      conditions: [{ type: 'Accepted', status: 'True', reason: 'Accepted', message: '', observedGeneration }],
    },
  ],
});

const specOf = (item: KubeObject | undefined): string => JSON.stringify(item?.['spec']);

/** A cluster whose API server counts generations; with `isLate` the watch brings nothing of what is written. */
function setUp(...more: readonly KubeObject[]) {
  const stores = new Map<string, WritableStore>();
  const server = new Map<string, KubeObject>();
  const control = { isLate: false };
  const keyOf = ({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string =>
    `${kind} ${keyOfMetadata(metadata)}`;
  const see = (item: KubeObject): void => {
    const store = stores.get(item.kind) ?? createStore();
    stores.set(item.kind, store);
    store.put(item);
  };
  const put = (item: KubeObject): void => {
    server.set(keyOf(item), item);
    if (!control.isLate) see(item);
  };
  const write = (body: KubeObject): KubeObject => {
    const before = server.get(keyOf(body));
    const { generation = 0, uid = `u-${body.kind}-${body.metadata.name}` } = before?.metadata ?? {};
    const isChanged = specOf(before) !== specOf(body);
    const metadata = { ...body.metadata, uid, generation: isChanged ? generation + 1 : generation };
    const written = {
      ...body,
      metadata,
      ...(before?.['status'] !== undefined && { status: before['status'] }),
    };
    put(written);
    return written;
  };
  const statuses: { type: string; status: string; reason: string; message: string }[][] = [];
  const client = createScriptedClient({
    request({ path, body }) {
      if (!path.endsWith('/status')) return write(body as KubeObject);
      statuses.push((body as { status: { conditions: (typeof statuses)[number] } }).status.conditions);
      return {};
    },
  });
  const publications = createPublications();
  const context: ReconcileContext = {
    state: createClusterState(stores),
    client,
    applier: createApplier(client, sha256Hex),
    status: createStatusWriter(client, () => '2026-01-02T03:00:00Z'),
    publications,
    nowMs: () => 0,
    certificateSecret: 'n/certificate',
    sha256Hex,
    checkCel: () => undefined,
    logger: createQuietLogger(),
    envoyGatewayNamespace: 'e',
    extprocContainer: 'x',
    sidecarDefaults: () => Promise.reject(new Error('not asked for')),
    enqueue: () => undefined,
  };
  const backend = object('AIServiceBackend', 'b', { spec: { schema: 'OpenAI', backendRef: { name: 's' } } });
  const endpoints = [{ fqdn: { hostname: 'b.example.com', port: 443 } }];
  for (const item of [
    gateway('g'),
    route(),
    backend,
    object('Backend', 's', { spec: { endpoints } }),
    ...more,
  ])
    put(item);
  publications.publish('n/g', plannedBackends(context, 'n/g'));
  const reconcile = reconcileRoute(context);
  return {
    control,
    client,
    put,
    look: () => reconcile('n/r', new AbortController().signal),
    live: (kind: KubeKind, name: string) => server.get(`${kind} n/${name}`),
    programmed: () => {
      const { status, reason, message } = statuses.at(-1)?.find(({ type }) => type === 'Programmed') ?? {};
      return { status, reason, message };
    },
    writes: () => client.requests.filter(({ path }) => !path.endsWith('/status')).length,
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
    put(route(2, { hostnames: ['a.example.com'] }));
    control.isLate = true;
    await look();
    expect(programmed()).toMatchObject({ status: 'False', reason: 'Pending' });
  });

  test('names a Gateway that does not exist', async () => {
    const parentRefs = ['g', 'gone'].map((name) => ({
      ...{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name },
    }));
    const { put, live, look, programmed } = setUp(route(1, { parentRefs }));
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
