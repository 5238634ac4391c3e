import { planPolicyConditions, planPolicyProgrammed } from '@aigw/planner';
import type { KubeObject } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { conditionsOf } from '../../kube/status-writer.ts';
import type { Reconcile } from '../../manager/controller.ts';
import { releaseDeleted } from '../former-finalizer.ts';
import { invalidConditions } from '../invalid-conditions.ts';
import type { ReconcileContext } from '../reconcile-context.ts';

const saysNotRenewed = (object: KubeObject): boolean =>
  conditionsOf(object).some(({ reason }) => reason === 'CredentialsNotRenewed');

/** A BackendSecurityPolicy: its conditions. What it says becomes part of the configuration of Gateways. */
export function reconcilePolicy({ state, client, status, rotation }: ReconcileContext): Reconcile {
  const type = resourceTypes.BackendSecurityPolicy;
  return async (key) => {
    const object = state.store('BackendSecurityPolicy').get(key);
    if (object === undefined) return;
    if (object.metadata.deletionTimestamp !== undefined) return releaseDeleted(client, type, object);
    const policy = state.find('BackendSecurityPolicy', key);
    if (policy === undefined) {
      await status.write(type, object, invalidConditions(state.issuesOf(object)));
      return;
    }
    const outcome = rotation?.outcomes.of(key);
    // A controller that has just started has tried nothing yet; what it said before still holds.
    if (outcome === 'unknown' && saysNotRenewed(object)) return;
    const conditions = planPolicyConditions(state.resources, policy);
    const failure = typeof outcome === 'object' ? outcome : undefined;
    await status.write(type, object, [planPolicyProgrammed(conditions, failure), ...conditions]);
  };
}
