import type { PlannedCondition } from '@aigw/planner';
import type { ApiClient } from './api-client.ts';
import { hasStatus } from './api-error.ts';
import type { KubeObject } from './kube-object.ts';
import { objectPath, type ResourceType } from './resource-types.ts';

/** A condition as it stands in a status. @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#condition-v1-meta */
export interface Condition extends PlannedCondition {
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

/** The conditions that a status has. */
export function conditionsOf(object: KubeObject): readonly Condition[] {
  const { conditions } = Object(object['status']) as { conditions?: readonly Condition[] | null };
  return conditions ?? [];
}

const sayTheSame = (left: Condition | undefined, right: Condition): boolean =>
  left?.type === right.type &&
  left.status === right.status &&
  left.reason === right.reason &&
  left.message === right.message &&
  left.observedGeneration === right.observedGeneration;

/** The planned conditions with their times: a condition whose status stays keeps its time. */
export function mergeConditions(
  object: KubeObject,
  planned: readonly PlannedCondition[],
  now: string,
): { readonly conditions: readonly Condition[]; readonly isChanged: boolean } {
  const existing = conditionsOf(object);
  const conditions = planned.map((condition): Condition => {
    const before = existing.find(({ type }) => type === condition.type);
    return {
      ...condition,
      observedGeneration: object.metadata.generation ?? 0,
      lastTransitionTime: before?.status === condition.status ? before.lastTransitionTime : now,
    };
  });
  const isChanged =
    existing.length !== conditions.length ||
    conditions.some((condition, index) => !sayTheSame(existing[index], condition));
  return { conditions, isChanged };
}

/** Writes conditions where they differ from what is there. */
export interface StatusWriter {
  /** True when something was written. An object that is gone is not an error. @throws KubeApiError */
  write(type: ResourceType, object: KubeObject, planned: readonly PlannedCondition[]): Promise<boolean>;
}

/** @param now The time as RFC 3339 has it, in whole seconds. */
export function createStatusWriter(client: ApiClient, now: () => string): StatusWriter {
  return {
    async write(type, object, planned) {
      const { conditions, isChanged } = mergeConditions(object, planned, now());
      if (!isChanged) return false;
      const { namespace = '', name, resourceVersion } = object.metadata;
      try {
        await client.request({
          method: 'PATCH',
          path: `${objectPath(type, namespace, name)}/status`,
          // With the version that was looked at: a status is never written over a newer one.
          body: { metadata: { resourceVersion }, status: { conditions } },
          contentType: 'application/merge-patch+json',
        });
        return true;
      } catch (error) {
        // The watch brings the newer object, and with it the next look.
        if (hasStatus(error, 404) || hasStatus(error, 409)) return false;
        throw error;
      }
    },
  };
}
