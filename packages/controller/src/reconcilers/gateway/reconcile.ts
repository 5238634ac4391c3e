import type { FilterBackend, FilterConfig } from '@aigw/api-types';
import {
  gatewayAnnotation,
  parseRouteStamp,
  planFilterConfigSecrets,
  planGatewayConfig,
  stampAnnotation,
} from '@aigw/planner';
import { type KubeObject, keyOfMetadata, type ObjectKey, splitKey } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import type { Reconcile } from '../../manager/controller.ts';
import type { Index } from '../../manager/store.ts';
import { routesByGateway } from '../indexes.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { gatherProxies, type Proxies } from './gather-proxies.ts';
import { refreshProxies } from './refresh-proxies.ts';
import { createRetiredBackends, retirementMs } from './retired-backends.ts';

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

/** The backends that the HTTPRoutes of a Gateway lead to as they are in the cluster now. */
function gatherBackendsInUse({ state }: ReconcileContext, key: ObjectKey): ReadonlySet<string> {
  const stamps = state
    .store('AIGatewayRoute')
    .by(routesByGateway, key)
    .flatMap(({ metadata }) => {
      const httpRoute = state.store('HTTPRoute').get(keyOfMetadata(metadata));
      return parseRouteStamp(httpRoute?.metadata.annotations?.[stampAnnotation] ?? '') ?? [];
    });
  return new Set(
    stamps.flatMap(({ rules }) => rules.flatMap(({ backends }) => backends.map(({ id }) => id))),
  );
}

/** Writes the configuration, and lets the routes go on that wait for it. Returns its digest. */
async function publish(
  context: ReconcileContext,
  key: ObjectKey,
  config: FilterConfig,
  { namespace }: Proxies,
): Promise<string> {
  const { state, applier, publications, sha256Hex, enqueue } = context;
  const { secrets, checksum } = planFilterConfigSecrets(
    { gateway: splitKey(key), namespace },
    config,
    sha256Hex,
  );
  for (const secret of secrets) {
    const live = state.store('Secret').get(keyOfMetadata(secret.metadata));
    await applier.apply(resourceTypes.Secret, secret, live);
  }
  await prune(context, key, new Set(secrets.map(({ metadata }) => keyOfMetadata(metadata))));
  const names = new Set(config.backends.map(({ name }) => name));
  for (const route of publications.publish(key, names)) enqueue('AIGatewayRoute', route);
  return checksum;
}

const isGone = (object: KubeObject | undefined): boolean =>
  object === undefined || object.metadata.deletionTimestamp !== undefined;

function planOf({ state, sha256Hex }: ReconcileContext, key: ObjectKey): FilterConfig | undefined {
  const gateway = isGone(state.store('Gateway').get(key)) ? undefined : state.find('Gateway', key);
  return gateway && planGatewayConfig({ set: state.resources, sha256Hex }, gateway);
}

const withBackends = (config: FilterConfig, more: readonly FilterBackend[]): FilterConfig => ({
  ...config,
  backends: [...config.backends, ...more],
});

/**
 * A Gateway: the configuration of its data plane. What a route needs is written before the route leads there, and stays
 * until no request can be on its way; all of it is removed with the Gateway.
 */
export function reconcileGateway(context: ReconcileContext): Reconcile {
  const retired = createRetiredBackends(() => performance.now());
  return async (key) => {
    const proxies = gatherProxies(context, key);
    const config = planOf(context, key);
    if (config === undefined) {
      context.publications.retract(key);
      retired.forget(key);
      await prune(context, key, new Set());
      await refreshProxies(context, proxies, undefined);
      return;
    }
    const kept = retired.keep(key, config.backends, gatherBackendsInUse(context, key));
    if (kept.length > 0) context.enqueue('Gateway', key, retirementMs);
    const checksum = await publish(context, key, withBackends(config, kept), proxies);
    await refreshProxies(context, proxies, checksum);
  };
}
