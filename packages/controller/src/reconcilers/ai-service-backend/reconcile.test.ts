import { createHash } from 'node:crypto';
import { KubeApiError } from '../../kube/api-error.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import { createStore, type WritableStore } from '../../manager/store.ts';
import { createClusterState } from '../cluster-state.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { reconcileBackend } from './reconcile.ts';

const ownerReferences = [
  { apiVersion: 'v1', kind: 'AIServiceBackend', name: 'b', uid: 'u1', controller: true },
];
const objects: readonly KubeObject[] = [
  {
    apiVersion: 'aigateway.envoyproxy.io/v1beta1',
    kind: 'AIServiceBackend',
    metadata: { namespace: 'default', name: 'b', uid: 'u1' },
    spec: { schema: { name: 'Anthropic' }, backendRef: { kind: 'Service', name: 'svc' } },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name: 'svc' },
    spec: { type: 'ExternalName', externalName: 'api.anthropic.com' },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    metadata: { namespace: 'default', name: 'ai-eg-service-b', ownerReferences },
    spec: { targetRefs: [], validation: { hostname: 'api.anthropic.com' } },
  },
];

/** What a reconciliation writes, in its order; Backends are refused or not. */
async function writesOf(isRefused: boolean): Promise<string[]> {
  const stores = new Map<string, WritableStore>();
  for (const object of objects) {
    const store = createStore();
    store.put(object);
    stores.set(object.kind, store);
  }
  const writes: string[] = [];
  const context = {
    state: createClusterState(stores),
    sha256Hex: (text: string) => createHash('sha256').update(text).digest('hex'),
    status: { write: () => Promise.resolve(true) },
    applier: {
      apply: (_type: unknown, { kind }: KubeObject) => {
        writes.push(`apply ${kind}`);
        return isRefused ? Promise.reject(new KubeApiError(422, 'Invalid', 'no')) : Promise.resolve(true);
      },
      remove: (_type: unknown, { kind }: KubeObject) => {
        writes.push(`remove ${kind}`);
        return Promise.resolve();
      },
    },
  } as unknown as ReconcileContext;
  await reconcileBackend(context)('default/b', new AbortController().signal);
  return writes;
}

test('the policy of the version before goes after the Backend encrypts by itself', async () => {
  expect(await writesOf(false)).toEqual(['apply Backend', 'remove BackendTLSPolicy']);
});

test('where the Backend is refused, the policy stays', async () => {
  expect(await writesOf(true)).toEqual(['apply Backend']);
});
