import { gatewayAnnotation, type GatewayPlan, planGateway } from '@aigw/planner';
import { type KubeObject, keyOfMetadata, type ObjectKey } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import type { Reconcile } from '../../manager/controller.ts';
import type { Index } from '../../manager/store.ts';
import { routesByGateway } from '../indexes.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { gatherProxies, type Proxies } from './gather-proxies.ts';
import { refreshProxies } from './refresh-proxies.ts';

const secretsByGateway: Index = ({ metadata }) => {
  const gateway = metadata.annotations?.[gatewayAnnotation];
  return gateway === undefined ? [] : [gateway];
};

/** Removes the Secrets of a Gateway that are not wanted; an index that names a part is always written before the part goes. */
async function prune(
  { state, applier }: ReconcileContext,
  key: ObjectKey,
  wanted: ReadonlySet<ObjectKey>,
): Promise<void> {
  for (const secret of state.store('Secret').by(secretsByGateway, key)) {
    if (!wanted.has(keyOfMetadata(secret.metadata))) await applier.remove(resourceTypes.Secret, secret);
  }
}

async function write(context: ReconcileContext, key: ObjectKey, plan: GatewayPlan): Promise<void> {
  const { state, applier, publications, enqueue } = context;
  for (const secret of plan.secrets) {
    await applier.apply(
      resourceTypes.Secret,
      secret,
      state.store('Secret').get(keyOfMetadata(secret.metadata)),
    );
  }
  await prune(context, key, new Set(plan.secrets.map(({ metadata }) => keyOfMetadata(metadata))));
  publications.publish(key, plan.backends);
  for (const { metadata } of state.store('AIGatewayRoute').by(routesByGateway, key)) {
    enqueue('AIGatewayRoute', keyOfMetadata(metadata));
  }
}

async function retract(context: ReconcileContext, key: ObjectKey): Promise<void> {
  context.publications.retract(key);
  await prune(context, key, new Set());
}

const isGone = (object: KubeObject | undefined): boolean =>
  object === undefined || object.metadata.deletionTimestamp !== undefined;

function planOf(context: ReconcileContext, key: ObjectKey, proxies: Proxies): GatewayPlan | undefined {
  const { state, sha256Hex } = context;
  const gateway = isGone(state.store('Gateway').get(key)) ? undefined : state.find('Gateway', key);
  return gateway && planGateway({ set: state.resources, sha256Hex }, gateway, proxies.namespace);
}

/** A Gateway: the configuration of its data plane, written before any route leads there, removed with the Gateway. */
export function reconcileGateway(context: ReconcileContext): Reconcile {
  return async (key) => {
    const proxies = gatherProxies(context, key);
    const plan = planOf(context, key, proxies);
    if (plan === undefined) await retract(context, key);
    else await write(context, key, plan);
    await refreshProxies(context, proxies, plan?.checksum);
  };
}
