import { type DesiredObject, managedBy, managedByLabel, type Sha256Hex } from '@aigw/planner';
import type { ApiClient } from './api-client.ts';
import { foreignReason, hasStatus, KubeApiError } from './api-error.ts';
import { type KubeObject, keyOfMetadata } from './kube-object.ts';
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

/** Ours has our label or, where Envoy AI Gateway made it, the owner that ours has. */
function isForeign(live: KubeObject, { metadata }: DesiredObject): boolean {
  if (live.metadata.labels?.[managedByLabel] === managedBy) return false;
  const owners = new Set(metadata.ownerReferences?.map(({ uid }) => uid));
  return !live.metadata.ownerReferences?.some(({ uid }) => owners.has(uid));
}

/** Server-side apply by force would make another's object ours, and let it go with its new owner. */
function refuseForeign(live: KubeObject, desired: DesiredObject): void {
  if (!isForeign(live, desired)) return;
  const name = `${desired.kind} ${keyOfMetadata(desired.metadata)}`;
  const message = `${name} exists and belongs to somebody else: rename one of the two.`;
  throw new KubeApiError(409, foreignReason, message);
}

/** Makes objects so, by server-side apply, and only where they are not so already. */
export interface Applier {
  /**
   * The object as it was written; `undefined` when it was so already.
   * @throws KubeApiError, also for an object of somebody else
   */
  apply(
    type: ResourceType,
    desired: DesiredObject,
    live: KubeObject | undefined,
  ): Promise<KubeObject | undefined>;
  /** Removes an object that may be gone already. @throws KubeApiError */
  remove(type: ResourceType, live: KubeObject): Promise<void>;
}

export function createApplier(client: ApiClient, sha256Hex: Sha256Hex): Applier {
  return {
    async apply(type, desired, live) {
      const body = withDigest(desired, sha256Hex);
      if (live !== undefined) refuseForeign(live, desired);
      if (live !== undefined && contains(live, body)) return undefined;
      const { namespace, name } = body.metadata;
      return (await client.request({
        method: 'PATCH',
        path: objectPath(type, namespace, name),
        query: { fieldManager, force: true },
        body,
        contentType: 'application/apply-patch+yaml',
      })) as KubeObject;
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
