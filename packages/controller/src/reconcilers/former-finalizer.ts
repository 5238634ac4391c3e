import type { ApiClient } from '../kube/api-client.ts';
import { hasStatus } from '../kube/api-error.ts';
import type { KubeObject } from '../kube/kube-object.ts';
import { objectPath, type ResourceType } from '../kube/resource-types.ts';

/** What the controller of Envoy AI Gateway v1.1 put on objects, to be told of their end. Ours needs none and never sets it. */
export const formerFinalizer = 'aigateway.envoyproxy.io/finalizer';

/**
 * Lets go of an object that is being deleted: takes off the finalizer that nobody else would, and no other. The version
 * that was looked at is part of the patch, so that a list that others have changed meanwhile is looked at again.
 * @throws KubeApiError
 */
export async function releaseDeleted(
  client: ApiClient,
  type: ResourceType,
  { metadata }: KubeObject,
): Promise<void> {
  const { finalizers = [], deletionTimestamp, namespace = '', name, resourceVersion } = metadata;
  if (deletionTimestamp === undefined || !finalizers.includes(formerFinalizer)) return;
  try {
    await client.request({
      method: 'PATCH',
      path: objectPath(type, namespace, name),
      body: {
        metadata: {
          resourceVersion,
          finalizers: finalizers.filter((finalizer) => finalizer !== formerFinalizer),
        },
      },
      contentType: 'application/merge-patch+json',
    });
  } catch (error) {
    // Gone, or changed by somebody else: the watch brings the newer one, and with it the next look.
    if (!hasStatus(error, 404) && !hasStatus(error, 409)) throw error;
  }
}
