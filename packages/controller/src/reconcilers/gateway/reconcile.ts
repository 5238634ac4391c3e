import type { FilterBackend, FilterConfig } from '@aigw/api-types';
import {
  filterConfigKeys,
  type FilterConfigIndex,
  type FilterConfigPlace,
  filterConfigSecretName,
  gatewayAnnotation,
  parseFilterConfigIndex,
  parseRouteStamp,
  planFilterConfigSecrets,
  planGatewayConfig,
  stampAnnotation,
} from '@aigw/planner';
import { type KubeObject, keyOfMetadata, type ObjectKey, splitKey } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { readSecretData } from '../../kube/secret-data.ts';
import type { Reconcile } from '../../manager/controller.ts';
import type { Index } from '../../manager/store.ts';
import { createFindSidecar } from '../../webhook/find-sidecar.ts';
import { digestSidecar } from '../../webhook/sidecar-digest.ts';
import { routesByGateway } from '../indexes.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { gatherProxies } from './gather-proxies.ts';
import { refreshProxies } from './refresh-proxies.ts';
import { createRetiredBackends, retirementMs } from './retired-backends.ts';
import { createProxyRoller, type ProxyRoller } from './roll-proxies.ts';

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

const readSecret = ({ state }: ReconcileContext, key: ObjectKey, item: string): string | undefined =>
  readSecretData(state.store('Secret').get(key), item)?.toString('utf8');

/** The authorities by which proxies trust us. */
const gatherAuthority = (context: ReconcileContext): string | undefined =>
  readSecret(context, context.certificateSecret, 'ca.crt');

/** The index that is in the cluster, or the one that we wrote last where that has not been seen yet. */
function gatherIndex(
  context: ReconcileContext,
  { gateway, namespace }: FilterConfigPlace,
  written: FilterConfigIndex | undefined,
): FilterConfigIndex | undefined {
  const name = filterConfigSecretName(gateway.namespace, gateway.name, context.sha256Hex);
  const text = readSecret(context, `${namespace}/${name}`, filterConfigKeys.index);
  const live = parseFilterConfigIndex(text ?? '');
  return live === undefined || (written !== undefined && written.revision > live.revision) ? written : live;
}

/** Where a configuration is written, and after which. */
interface Following {
  readonly place: FilterConfigPlace;
  readonly previous: FilterConfigIndex | undefined;
}

/** Writes the configuration, and lets the routes go on that wait for it. Returns its index. */
async function publish(
  context: ReconcileContext,
  key: ObjectKey,
  config: FilterConfig,
  { place, previous }: Following,
): Promise<FilterConfigIndex> {
  const { state, applier, publications, sha256Hex, enqueue, nowMs } = context;
  const history = { previous, now: nowMs(), authority: gatherAuthority(context) };
  const { secrets, index } = planFilterConfigSecrets(place, config, history, sha256Hex);
  for (const secret of secrets) {
    const live = state.store('Secret').get(keyOfMetadata(secret.metadata));
    await applier.apply(resourceTypes.Secret, secret, live);
  }
  await prune(context, key, new Set(secrets.map(({ metadata }) => keyOfMetadata(metadata))));
  const names = new Set(config.backends.map(({ name }) => name));
  for (const route of publications.publish(key, names)) enqueue('AIGatewayRoute', route);
  return index;
}

const isGone = (object: KubeObject | undefined): boolean =>
  object === undefined || object.metadata.deletionTimestamp !== undefined;

function planOf({ state, sha256Hex, checkCel }: ReconcileContext, key: ObjectKey): FilterConfig | undefined {
  const gateway = isGone(state.store('Gateway').get(key)) ? undefined : state.find('Gateway', key);
  return gateway && planGatewayConfig({ set: state.resources, sha256Hex, checkCel }, gateway);
}

/** What the webhook would give to a new pod of the Gateway. */
async function digestOf(
  { state, sha256Hex, sidecarDefaults }: ReconcileContext,
  key: ObjectKey,
): Promise<string | undefined> {
  const { namespace, name } = splitKey(key);
  const sidecar = createFindSidecar(state.resources, sha256Hex)(namespace, name);
  return sidecar && digestSidecar(sidecar, await sidecarDefaults(), sha256Hex);
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
  const now = (): number => performance.now();
  const retired = createRetiredBackends(now);
  const rollers = new Map<ObjectKey, ProxyRoller>();
  const written = new Map<ObjectKey, FilterConfigIndex>();
  const rollerOf = (key: ObjectKey): ProxyRoller => {
    const roller = rollers.get(key) ?? createProxyRoller(context, key, now);
    rollers.set(key, roller);
    return roller;
  };
  return async (key) => {
    const proxies = gatherProxies(context, key);
    const config = planOf(context, key);
    if (config === undefined) {
      context.publications.retract(key);
      retired.forget(key);
      written.delete(key);
      await prune(context, key, new Set());
      await refreshProxies(context, proxies, rollerOf(key), undefined);
      if (proxies.deployments.length + proxies.daemonSets.length === 0) rollers.delete(key);
      return;
    }
    const kept = retired.keep(key, config.backends, gatherBackendsInUse(context, key));
    if (kept.length > 0) context.enqueue('Gateway', key, retirementMs);
    const place = { gateway: splitKey(key), namespace: proxies.namespace };
    const previous = gatherIndex(context, place, written.get(key));
    const index = await publish(context, key, withBackends(config, kept), { place, previous });
    written.set(key, index);
    const digest = await digestOf(context, key);
    if (digest === undefined) return;
    await refreshProxies(context, proxies, rollerOf(key), { checksum: index.checksum, digest });
  };
}
