import { planPolicyConditions, planTakingPart } from '@aigw/planner';
import { resourceTypes } from '../../kube/resource-types.ts';
import type { Reconcile } from '../../manager/controller.ts';
import { invalidConditions } from '../invalid-conditions.ts';
import type { ReconcileContext } from '../reconcile-context.ts';

/** A BackendSecurityPolicy: its conditions. What it says becomes part of the configuration of Gateways. */
export function reconcilePolicy({ state, status }: ReconcileContext): Reconcile {
  const type = resourceTypes.BackendSecurityPolicy;
  return async (key) => {
    const object = state.store('BackendSecurityPolicy').get(key);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return;
    const policy = state.find('BackendSecurityPolicy', key);
    if (policy === undefined) {
      await status.write(type, object, invalidConditions(state.issuesOf(object)));
      return;
    }
    const conditions = planPolicyConditions(state.resources, policy);
    await status.write(type, object, [planTakingPart(conditions), ...conditions]);
  };
}
