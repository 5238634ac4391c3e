import type { KubeObject } from '@aigw/controller/kube';

/** A condition of any kind's status. @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#condition-v1-meta */
export interface LiveCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

/** The conditions that a status has; what the API leaves out is empty. */
export function conditionsOf({ status }: KubeObject): readonly LiveCondition[] {
  const { conditions } = Object(status) as { conditions?: readonly Partial<LiveCondition>[] | null };
  return (conditions ?? []).map((condition) => ({
    ...{ type: '', status: 'Unknown', reason: '', message: '' },
    ...condition,
  }));
}
