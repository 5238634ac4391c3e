import { filterConfigSecretName } from '@aigw/planner';
import { createQuietLogger } from '../../__fixtures__/quiet-logger.ts';
import { createScriptedClient } from '../../__fixtures__/scripted-client.ts';
import type { ApiRequest } from '../../kube/api-client.ts';
import { createApplier } from '../../kube/apply.ts';
import { type KubeObject, keyOfMetadata } from '../../kube/kube-object.ts';
import { type KubeKind, resourceTypes } from '../../kube/resource-types.ts';
import { createStatusWriter } from '../../kube/status-writer.ts';
import { createStore, type WritableStore } from '../../manager/store.ts';
import { sha256Hex } from '@aigw/service-runtime';
import { defaults } from '../../webhook/__fixtures__/pods.ts';
import { createClusterState } from '../cluster-state.ts';
import { createPublications } from '../publications.ts';
import type { ReconcileContext } from '../reconcile-context.ts';

export const object = (
  kind: KubeKind,
  name: string,
  more: object = {},
  metadata: object = {},
): KubeObject => ({
  apiVersion: resourceTypes[kind].apiVersion,
  kind,
  metadata: { namespace: 'n', name, uid: `u-${name}`, generation: 1, ...metadata },
  ...more,
});

export const gateway = (name: string, metadata: object = {}): KubeObject =>
  object(
    'Gateway',
    name,
    { spec: { gatewayClassName: 'eg', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] } },
    metadata,
  );

export const secret = (name: string, key: string, metadata: object = {}): KubeObject =>
  object('Secret', name, { data: { apiKey: Buffer.from(key).toString('base64') } }, metadata);

/** A route of some Gateways to a backend with a key of its own. */
export const route = (gateways: readonly string[], backend = 'b'): KubeObject =>
  object('AIGatewayRoute', 'r', {
    spec: {
      parentRefs: gateways.map((name) => ({ name })),
      rules: [{ backendRefs: [{ name: backend }] }],
    },
  });

export const backend = (name: string): readonly KubeObject[] => [
  object('AIServiceBackend', name, { spec: { schema: 'OpenAI', backendRef: { name } } }),
  object('Backend', name, {
    spec: { endpoints: [{ fqdn: { hostname: `${name}.example.com`, port: 443 } }], tls: {} },
  }),
  object('BackendSecurityPolicy', name, {
    spec: {
      targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name }],
      type: 'APIKey',
      apiKey: { secretRef: { name: `${name}-key` } },
    },
  }),
  secret(`${name}-key`, `sk-${name}`),
];

/** The name of the Secret with the index of a Gateway of namespace `n`. */
export const indexName = (name: string): string => filterConfigSecretName('n', name, sha256Hex);

const kindOfPath = (path: string): KubeKind | undefined =>
  (Object.keys(resourceTypes) as KubeKind[]).find((kind) =>
    new RegExp(`/namespaces/[^/]+/${resourceTypes[kind].plural}/`).test(path),
  );

interface Written {
  readonly metadata?: { readonly annotations?: object };
  readonly spec?: unknown;
}

/** What a patch, of whichever kind, makes of an object: another spec is another generation. */
function merge(kind: KubeKind, name: string, live: KubeObject | undefined, body: Written): KubeObject {
  const { generation = 0 } = live?.metadata ?? {};
  const isChanged = body.spec !== undefined && JSON.stringify(body.spec) !== JSON.stringify(live?.['spec']);
  return {
    ...live,
    ...body,
    kind,
    metadata: {
      uid: `u-${kind}-${name}`,
      ...live?.metadata,
      ...body.metadata,
      generation: isChanged ? generation + 1 : generation,
      annotations: { ...live?.metadata.annotations, ...body.metadata?.annotations },
    },
  } as KubeObject;
}

export interface SmallCluster {
  readonly context: ReconcileContext;
  readonly control: {
    nowMs: number;
    /** The watch brings nothing of what is written. */
    isLate: boolean;
    /** Throws what the API server says in place of doing it. */
    refuse: ((request: ApiRequest) => void) | undefined;
  };
  readonly logger: ReturnType<typeof createQuietLogger>;
  readonly enqueued: readonly string[];
  readonly requests: readonly ApiRequest[];
  readonly put: (...items: readonly KubeObject[]) => void;
  readonly remove: (item: KubeObject) => void;
  readonly get: (kind: KubeKind, key: string) => KubeObject | undefined;
  readonly secrets: () => string[];
  /** The configuration of a Gateway as its first part has it. */
  readonly configOf: (name: string) => string;
}

/** A cluster in which what is written is seen at once, unless it is late, and a controller that has just started. */
export function createSmallCluster(objects: readonly KubeObject[]): SmallCluster {
  const stores = new Map<string, WritableStore>();
  const storeOf = (kind: string): WritableStore => {
    const store = stores.get(kind) ?? createStore();
    stores.set(kind, store);
    return store;
  };
  const server = new Map<string, KubeObject>();
  const write = (item: KubeObject): void => {
    server.set(`${item.kind} ${keyOfMetadata(item.metadata)}`, item);
    if (!control.isLate) storeOf(item.kind).put(item);
  };
  const put = (...items: readonly KubeObject[]): void => items.forEach(write);
  const control: SmallCluster['control'] = { nowMs: 1, isLate: false, refuse: undefined };
  put(...objects);
  const client = createScriptedClient({
    request(request) {
      control.refuse?.(request);
      const { method, path, body } = request;
      const kind = kindOfPath(path);
      const [, namespace = '', name = ''] = /\/namespaces\/([^/]+)\/[^/]+\/([^/]+)/.exec(path) ?? [];
      if (kind === undefined) return {};
      const key = `${namespace}/${name}`;
      if (method === 'DELETE') {
        server.delete(`${kind} ${key}`);
        storeOf(kind).remove(key);
        return {};
      }
      const written = merge(kind, name, server.get(`${kind} ${key}`), body as Written);
      write(written);
      return written;
    },
  });
  const enqueued: string[] = [];
  const logger = createQuietLogger();
  const context: ReconcileContext = {
    state: createClusterState(stores),
    client,
    applier: createApplier(client, sha256Hex),
    status: createStatusWriter(client, () => '2026-01-01T00:00:00Z'),
    publications: createPublications(),
    nowMs: () => control.nowMs,
    certificateSecret: 'c/certificate',
    sha256Hex,
    checkCel: () => undefined,
    logger,
    envoyGatewayNamespace: 'e',
    extprocContainer: defaults.containerName,
    sidecarDefaults: () => Promise.resolve(defaults),
    enqueue: (controller, key) => void enqueued.push(`${controller} ${key}`),
  };
  return {
    context,
    control,
    logger,
    enqueued,
    put,
    remove: (item) => {
      server.delete(`${item.kind} ${keyOfMetadata(item.metadata)}`);
      storeOf(item.kind).remove(keyOfMetadata(item.metadata));
    },
    get: (kind, key) => server.get(`${kind} ${key}`),
    secrets: () =>
      storeOf('Secret')
        .all()
        .map(({ metadata }) => keyOfMetadata(metadata)),
    configOf(name) {
      const part = storeOf('Secret').get(`e/${indexName(name)}-part-000`);
      const { chunk = '' } = Object(part?.['data']) as { chunk?: string };
      return Buffer.from(chunk, 'base64').toString();
    },
    requests: client.requests,
  };
}
