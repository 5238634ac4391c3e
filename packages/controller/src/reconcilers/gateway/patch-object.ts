import type { ApiClient } from '../../kube/api-client.ts';
import { hasStatus } from '../../kube/api-error.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import { objectPath, type ResourceType } from '../../kube/resource-types.ts';

/** Merges something into an object, unless it is gone. @throws KubeApiError */
export async function patchObject(
  client: ApiClient,
  type: ResourceType,
  { metadata }: KubeObject,
  body: unknown,
): Promise<void> {
  try {
    await client.request({
      method: 'PATCH',
      path: objectPath(type, metadata.namespace ?? '', metadata.name),
      body,
      contentType: 'application/merge-patch+json',
    });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}
