import { type BackendPlan, planBackend, type PlannedCondition, planTakingPart } from '@aigw/planner';
import { isRefusal } from '../../kube/api-error.ts';
import { type KubeObject, keyOfMetadata } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import type { Reconcile } from '../../manager/controller.ts';
import type { Index } from '../../manager/store.ts';
import { releaseDeleted } from '../former-finalizer.ts';
import { invalidConditions } from '../invalid-conditions.ts';
import type { ReconcileContext } from '../reconcile-context.ts';

const byOwner: Index = ({ metadata }) =>
  (metadata.ownerReferences ?? []).filter(({ kind }) => kind === 'AIServiceBackend').map(({ uid }) => uid);

/** Policies are of the version before: they go once the Backend encrypts by itself. */
const kinds = ['Backend', 'BackendTLSPolicy'] as const;

async function applyObjects(
  { state, applier }: ReconcileContext,
  owner: KubeObject,
  { objects }: BackendPlan,
): Promise<void> {
  for (const kind of kinds) {
    const wanted = objects.filter((object) => object.kind === kind);
    for (const desired of wanted) {
      await applier.apply(
        resourceTypes[kind],
        desired,
        state.store(kind).get(keyOfMetadata(desired.metadata)),
      );
    }
    const names = new Set(wanted.map(({ metadata }) => metadata.name));
    for (const live of state.store(kind).by(byOwner, owner.metadata.uid ?? '')) {
      if (!names.has(live.metadata.name)) await applier.remove(resourceTypes[kind], live);
    }
  }
}

async function refusalOf(applying: Promise<void>): Promise<PlannedCondition | undefined> {
  try {
    await applying;
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { type: 'Programmed', status: 'False', reason: 'Refused', message: error.message };
  }
}

/** An AIServiceBackend: what is made in place of an ExternalName Service, and its conditions. */
export function reconcileBackend(context: ReconcileContext): Reconcile {
  const { state, client, status, sha256Hex } = context;
  const type = resourceTypes.AIServiceBackend;
  return async (key) => {
    const object = state.store('AIServiceBackend').get(key);
    if (object === undefined) return;
    if (object.metadata.deletionTimestamp !== undefined) return releaseDeleted(client, type, object);
    const backend = state.find('AIServiceBackend', key);
    if (backend === undefined) {
      await status.write(type, object, invalidConditions(state.issuesOf(object)));
      return;
    }
    const plan = planBackend({ set: state.resources, sha256Hex }, backend);
    const refusal = await refusalOf(applyObjects(context, object, plan));
    await status.write(type, object, [refusal ?? planTakingPart(plan.conditions), ...plan.conditions]);
  };
}
