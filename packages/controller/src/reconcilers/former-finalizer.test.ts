import { createScriptedClient } from '../__fixtures__/scripted-client.ts';
import type { ApiRequest } from '../kube/api-client.ts';
import { KubeApiError } from '../kube/api-error.ts';
import type { KubeObject } from '../kube/kube-object.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import { formerFinalizer, releaseDeleted } from './former-finalizer.ts';

const deletionTimestamp = '2026-01-02T03:04:05Z';

async function release(
  metadata: Partial<KubeObject['metadata']>,
  answer: () => unknown = () => ({}),
): Promise<ApiRequest[]> {
  const asked: ApiRequest[] = [];
  const client = createScriptedClient({
    request: (request) => {
      asked.push(request);
      return answer();
    },
  });
  const object = {
    apiVersion: resourceTypes.MCPRoute.apiVersion,
    kind: 'MCPRoute',
    metadata: { name: 'm', namespace: 'n', resourceVersion: '7', ...metadata },
  };
  await releaseDeleted(client, resourceTypes.MCPRoute, object);
  return asked;
}

test("an object that is deleted loses that finalizer, and keeps others'", async () => {
  const [request, ...more] = await release({
    deletionTimestamp,
    finalizers: ['a/b', formerFinalizer, 'c/d'],
  });
  expect(more).toEqual([]);
  expect(request).toMatchObject({
    method: 'PATCH',
    path: '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/n/mcproutes/m',
    body: { metadata: { resourceVersion: '7', finalizers: ['a/b', 'c/d'] } },
  });
});

test.each([
  ['that stays', { finalizers: [formerFinalizer] }],
  ['without it', { deletionTimestamp, finalizers: ['a/b'] }],
  ['without any', { deletionTimestamp }],
])('an object %s is left alone', async (_what, metadata) => {
  expect(await release(metadata)).toEqual([]);
});

test.each([
  [404, true],
  [409, true],
  [403, false],
])('an answer of %i is no failure: %s', async (status, isFine) => {
  const released = release({ deletionTimestamp, finalizers: [formerFinalizer] }, () => {
    throw new KubeApiError(status, 'X', 'no');
  });
  await (isFine ? expect(released).resolves.toHaveLength(1) : expect(released).rejects.toThrow('no'));
});
