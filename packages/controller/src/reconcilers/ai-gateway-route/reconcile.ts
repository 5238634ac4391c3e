import {
  alsoOwnedBy,
  attachedGateways,
  parentGateways,
  planConditions,
  type PlannedCondition,
  planProgrammed,
  planRoute,
  type RoutePlan,
  type RouteProgress,
  stampAnnotation,
} from '@aigw/planner';
import { isRefusal } from '../../kube/api-error.ts';
import { isGone, type KubeObject, keyOfMetadata, type ObjectKey } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { conditionsOf as conditionsOfStatus } from '../../kube/status-writer.ts';
import type { Reconcile } from '../../manager/controller.ts';
import type { Index } from '../../manager/store.ts';
import { currentMessages, digestStamp, recordsOf } from '../../translation-records/record.ts';
import { releaseDeleted } from '../former-finalizer.ts';
import { isMerged } from '../gateway/merged-proxies.ts';
import { invalidConditions } from '../invalid-conditions.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { httpRouteProgress, isOwnedBy, isOwnedByRoute } from './live-objects.ts';

const filtersByOwner: Index = ({ metadata }) =>
  (metadata.ownerReferences ?? [])
    .filter(({ kind }) => kind === 'AIGatewayRoute')
    .map(({ name }) => keyOfMetadata({ ...metadata, name }));

/** Without its filters an HTTPRoute answers 500: of a deleted route it goes first, before the garbage collector comes. */
async function removeOrphan({ state, applier }: ReconcileContext, key: ObjectKey): Promise<void> {
  const live = state.store('HTTPRoute').get(key);
  if (live !== undefined && isOwnedByRoute(live)) await applier.remove(resourceTypes.HTTPRoute, live);
}

/**
 * Filters first, the HTTPRoute, and then what nothing refers to any more. Once there is an HTTPRoute its filters are owned
 * by it as well: it is the event of its creation that leads to that look. Returns it as it is in the cluster.
 */
async function applyObjects(
  context: ReconcileContext,
  key: ObjectKey,
  plan: RoutePlan,
): Promise<KubeObject | undefined> {
  const { state, applier } = context;
  const before = state.store('HTTPRoute').get(key);
  let httpRoute = before;
  for (const desired of plan.objects) {
    if (desired.kind === 'HTTPRoute') {
      // What was said about the version before is not about this one.
      httpRoute = (await applier.apply(resourceTypes.HTTPRoute, desired, before)) ?? before;
    } else {
      const filter = before === undefined ? desired : alsoOwnedBy(desired, before);
      const live = state.store('HTTPRouteFilter').get(keyOfMetadata(desired.metadata));
      await applier.apply(resourceTypes.HTTPRouteFilter, filter, live);
    }
  }
  const wanted = new Set(plan.objects.map(({ metadata }) => metadata.name));
  for (const filter of state.store('HTTPRouteFilter').by(filtersByOwner, key)) {
    if (!wanted.has(filter.metadata.name)) await applier.remove(resourceTypes.HTTPRouteFilter, filter);
  }
  return httpRoute;
}

/**
 * The Gateways that the route names, what each of them is not fit for yet, and why. One that is being deleted is gone for the
 * route as it is for its own reconciler: nobody would ever tell that it is ready.
 */
function gatherGateways(
  context: ReconcileContext,
  plan: RoutePlan,
): Pick<RouteProgress, 'gateways' | 'closed' | 'missing' | 'merged' | 'waiting' | 'failures'> {
  const { state, publications } = context;
  const backends = plan.resolved.rules.flatMap((rule) => rule.backends.map(({ identity }) => identity));
  const { key, route } = plan.resolved;
  const named = parentGateways(route);
  const existing = named.filter((gateway) => !isGone(state.store('Gateway').get(gateway)));
  const attached = new Set(attachedGateways(state.resources, route));
  const gateways = existing.filter((gateway) => attached.has(gateway));
  const failures = gateways.flatMap((gateway) => {
    const failure = publications.failureOf(gateway);
    return failure === undefined ? [] : [[gateway, failure] as const];
  });
  return {
    gateways,
    closed: existing.filter((gateway) => !attached.has(gateway)),
    missing: named.filter((gateway) => !existing.includes(gateway)),
    merged: gateways.filter((gateway) => isMerged(context, gateway)),
    waiting: gateways.filter((gateway) => !publications.await(gateway, backends, key)),
    failures: Object.fromEntries(failures),
  };
}

/** What did not fit of the HTTPRoute as it is, as any replica has recorded it. */
function notStampedOf(
  { sha256Hex }: ReconcileContext,
  object: KubeObject,
  httpRoute: KubeObject,
  gateways: readonly string[],
): NonNullable<RouteProgress['notStamped']> {
  const stamp = httpRoute.metadata.annotations?.[stampAnnotation] ?? '';
  return currentMessages(recordsOf(object), gateways, digestStamp(stamp, sha256Hex));
}

async function program(
  context: ReconcileContext,
  object: KubeObject,
  plan: RoutePlan,
): Promise<RouteProgress> {
  const key = keyOfMetadata(object.metadata);
  const found = gatherGateways(context, plan);
  const before = context.state.store('HTTPRoute').get(key);
  if (before !== undefined && !isOwnedBy(before, object)) {
    const refusal = `HTTPRoute ${key} exists and belongs to somebody else: rename one of the two.`;
    return { ...found, refusal };
  }
  // The data plane learns of a backend before the first request can reach it.
  if (found.waiting.length > 0) return found;
  try {
    const live = await applyObjects(context, key, plan);
    if (live === undefined) return found;
    const notStamped = notStampedOf(context, object, live, found.gateways);
    return { ...found, httpRoute: httpRouteProgress(live), notStamped };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ...found, refusal: error.message };
  }
}

function conditionsOf(plan: RoutePlan, progress: RouteProgress): PlannedCondition[] {
  return planConditions(plan.self, plan.problems, planProgrammed(progress));
}

/** True when the conditions are about the resource as it is now. */
const isReported = (object: KubeObject): boolean =>
  conditionsOfStatus(object).some(
    ({ observedGeneration }) => observedGeneration === object.metadata.generation,
  );

/** An AIGatewayRoute: its HTTPRoute and filters, once the data plane is ready for them, and its conditions. */
export function reconcileRoute(context: ReconcileContext): Reconcile {
  const { state, client, status, sha256Hex, checkCel } = context;
  const type = resourceTypes.AIGatewayRoute;
  return async (key) => {
    const object = state.store('AIGatewayRoute').get(key);
    if (object === undefined || isGone(object)) {
      await removeOrphan(context, key);
      if (object !== undefined) await releaseDeleted(client, type, object);
      return;
    }
    const route = state.find('AIGatewayRoute', key);
    if (route === undefined) {
      await status.write(type, object, invalidConditions(state.issuesOf(object)));
      return;
    }
    const plan = planRoute({ set: state.resources, sha256Hex, checkCel }, route);
    const progress = await program(context, object, plan);
    // A controller that has just started knows of no configuration yet; what it said before still holds.
    const isOnlyWaiting = progress.waiting.length > 0 && Object.keys(progress.failures ?? {}).length === 0;
    if (isOnlyWaiting && isReported(object)) return;
    await status.write(type, object, conditionsOf(plan, progress));
  };
}
