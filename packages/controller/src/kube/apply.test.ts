import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { createScriptedClient } from '../__fixtures__/scripted-client.ts';
import { isRefusal, KubeApiError } from './api-error.ts';
import { contains, createApplier, withDigest } from './apply.ts';
import type { KubeObject } from './kube-object.ts';
import { resourceTypes } from './resource-types.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

const desired = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    namespace: 'n',
    name: 'a',
    labels: { 'app.kubernetes.io/managed-by': 'ai-gateway-controller' },
  },
  data: { x: 'eA==' },
};
const live = {
  ...withDigest(desired, sha256Hex),
  metadata: { ...withDigest(desired, sha256Hex).metadata, uid: 'u', resourceVersion: '1' },
} as unknown as KubeObject;

describe('contains', () => {
  test('a value contains itself, and itself with more fields', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.jsonValue(),
        (value, key, more) => {
          expect(contains(value, value)).toBe(true);
          expect(contains({ [key]: more, ...value }, value)).toBe(true);
        },
      ),
    );
  });

  test.each([
    { name: 'a missing field', live: {}, wanted: { a: 1 } },
    { name: 'another value', live: { a: 2 }, wanted: { a: 1 } },
    { name: 'a longer list', live: { a: [1, 2] }, wanted: { a: [1] } },
    { name: 'another order', live: { a: [2, 1] }, wanted: { a: [1, 2] } },
    { name: 'a list for a map', live: { a: [] }, wanted: { a: {} } },
  ])('$name is a difference', ({ live: given, wanted }) => {
    expect(contains(given, wanted)).toBe(false);
  });
});

describe('createApplier', () => {
  const owner = { apiVersion: 'v1', kind: 'K', name: 'o', uid: 'mine' };
  const owned = { ...desired, metadata: { ...desired.metadata, ownerReferences: [owner] } };
  const existing = (metadata: object): KubeObject => ({
    ...desired,
    metadata: { namespace: 'n', name: 'a', uid: 'u', ...metadata },
  });

  test.each([
    { name: 'neither label nor owner', metadata: {} },
    { name: 'another label', metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } } },
    { name: 'another owner', metadata: { ownerReferences: [{ ...owner, uid: 'theirs' }] } },
  ])('an object of somebody else is never written: $name', async ({ metadata }) => {
    const client = createScriptedClient({ request: () => ({}) });
    const applying = createApplier(client, sha256Hex).apply(resourceTypes.Secret, owned, existing(metadata));
    const error: unknown = await applying.catch((reason: unknown) => reason);
    expect(isRefusal(error) && error.message).toBe(
      'Secret n/a exists and belongs to somebody else: rename one of the two.',
    );
    expect(client.requests).toEqual([]);
  });

  test.each([
    {
      name: 'our label, whoever owned it before',
      wanted: owned,
      metadata: { labels: desired.metadata.labels },
    },
    { name: 'our owner, without our label', wanted: owned, metadata: { ownerReferences: [owner] } },
  ])('what is ours is written: $name', async ({ wanted, metadata }) => {
    const client = createScriptedClient({ request: () => ({}) });
    await createApplier(client, sha256Hex).apply(resourceTypes.Secret, wanted, existing(metadata));
    expect(client.requests).toHaveLength(1);
  });

  test('writes what is not there, and nothing when it is', async () => {
    const client = createScriptedClient({ request: () => ({}) });
    const applier = createApplier(client, sha256Hex);
    expect(await applier.apply(resourceTypes.Secret, desired, undefined)).toEqual({});
    expect(await applier.apply(resourceTypes.Secret, desired, live)).toBeUndefined();
    expect(client.requests).toMatchObject([
      {
        method: 'PATCH',
        path: '/api/v1/namespaces/n/secrets/a',
        query: { fieldManager: 'ai-gateway-controller', force: true },
        contentType: 'application/apply-patch+yaml',
      },
    ]);
  });

  test.each([
    { name: 'somebody changed a field of ours', given: { ...live, data: { x: 'eQ==' } }, wanted: desired },
    { name: 'a field of ours is wanted no more', given: live, wanted: { ...desired, data: {} } },
  ])('writes when $name', async ({ given, wanted }) => {
    const applier = createApplier(createScriptedClient({ request: () => ({}) }), sha256Hex);
    expect(await applier.apply(resourceTypes.Secret, wanted, given)).toBeDefined();
  });

  test('removes the very object, and does not mind when it has gone', async () => {
    const client = createScriptedClient({
      request: () => {
        throw new KubeApiError(404, 'NotFound', 'gone');
      },
    });
    await createApplier(client, sha256Hex).remove(resourceTypes.Secret, live);
    expect(client.requests[0]).toMatchObject({ method: 'DELETE', body: { preconditions: { uid: 'u' } } });
  });
});
