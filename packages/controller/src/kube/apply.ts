import type { DesiredObject, Sha256Hex } from '@aigw/planner';
import type { ApiClient } from './api-client.ts';
import { hasStatus } from './api-error.ts';
import type { KubeObject } from './kube-object.ts';
import { objectPath, type ResourceType } from './resource-types.ts';

/** The name under which the API server keeps what we have applied. */
export const fieldManager = 'ai-gateway-controller';

/** The digest of what was applied last: what we asked for once and no longer do shows as a difference. */
export const appliedAnnotation = 'aigateway.envoyproxy.io/applied';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True when everything that is wanted is there; what the API server or others add does not matter. */
export function contains(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) &&
      live.length === wanted.length &&
      wanted.every((item, index) => contains(live[index], item))
    );
  }
  if (isRecord(wanted)) {
    return isRecord(live) && Object.entries(wanted).every(([key, value]) => contains(live[key], value));
  }
  return live === wanted;
}

/** The object with the digest of itself. */
export function withDigest(desired: DesiredObject, sha256Hex: Sha256Hex): DesiredObject {
  const { metadata } = desired;
  const digest = sha256Hex(JSON.stringify(desired)).slice(0, 16);
  return {
    ...desired,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [appliedAnnotation]: digest } },
  };
}

/** Makes objects so, by server-side apply, and only where they are not so already. */
export interface Applier {
  /** True when something was written. @throws KubeApiError */
  apply(type: ResourceType, desired: DesiredObject, live: KubeObject | undefined): Promise<boolean>;
  /** Removes an object that may be gone already. @throws KubeApiError */
  remove(type: ResourceType, live: KubeObject): Promise<void>;
}

export function createApplier(client: ApiClient, sha256Hex: Sha256Hex): Applier {
  return {
    async apply(type, desired, live) {
      const body = withDigest(desired, sha256Hex);
      if (live !== undefined && contains(live, body)) return false;
      const { namespace, name } = body.metadata;
      await client.request({
        method: 'PATCH',
        path: objectPath(type, namespace, name),
        query: { fieldManager, force: true },
        body,
        contentType: 'application/apply-patch+yaml',
      });
      return true;
    },
    async remove(type, { metadata }) {
      try {
        await client.request({
          method: 'DELETE',
          path: objectPath(type, metadata.namespace ?? '', metadata.name),
          body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: metadata.uid } },
        });
      } catch (error) {
        // Gone, or another one under the same name: not ours to remove.
        if (!hasStatus(error, 404) && !hasStatus(error, 409)) throw error;
      }
    },
  };
}
