import type { FilterBackend, FilterConfig } from '@aigw/api-types';
import {
  type FilterConfigIndex,
  FilterConfigSizeError,
  findUnpermitted,
  planGatewayConfig,
} from '@aigw/planner';
import type { ProxyIdentity } from '../../config-server/published-configs.ts';
import { isGone, keyOfMetadata, type ObjectKey, splitKey } from '../../kube/kube-object.ts';
import type { Reconcile } from '../../manager/controller.ts';
import { ControllerError } from '../../manager/errors.ts';
import { createFindSidecar } from '../../webhook/find-sidecar.ts';
import { digestSidecar } from '../../webhook/sidecar-digest.ts';
import { routesByGateway } from '../indexes.ts';
import { describeIssues } from '../invalid-conditions.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { describeFailure } from './describe-failure.ts';
import { gatherProxies } from './gather-proxies.ts';
import { gatherPublished, gatherUsage } from './gather-usage.ts';
import { pruneSecrets } from './prune-secrets.ts';
import { gatherAuthority, gatherIndex, publishConfig, reportFailure } from './publish-config.ts';
import { refreshProxies } from './refresh-proxies.ts';
import { createRetiredBackends, type RetiredBackends, retirementMs } from './retired-backends.ts';
import { createProxyRoller, type ProxyRoller } from './roll-proxies.ts';

/** Without those that may be referred to no more: whoever takes a grant back does not lend a key for some time yet. */
function withoutUnpermitted(
  { state, sha256Hex, checkCel }: ReconcileContext,
  key: ObjectKey,
  backends: readonly FilterBackend[],
): readonly FilterBackend[] {
  if (backends.length === 0) return backends;
  const names = new Set(backends.map(({ name }) => name));
  const sources = { set: state.resources, sha256Hex, checkCel };
  const unpermitted = new Set(
    state
      .store('AIGatewayRoute')
      .by(routesByGateway, key)
      .flatMap(({ metadata }) => state.find('AIGatewayRoute', keyOfMetadata(metadata)) ?? [])
      .flatMap((route) => findUnpermitted(sources, route, names)),
  );
  return backends.filter(({ name }) => !unpermitted.has(name));
}

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

/** What this controller remembers of the Gateways. */
interface Memory {
  readonly retired: RetiredBackends;
  readonly written: Map<ObjectKey, FilterConfigIndex>;
  readonly rollers: Map<ObjectKey, ProxyRoller>;
}

const now = (): number => performance.now();

function rollerOf(context: ReconcileContext, key: ObjectKey, { rollers }: Memory): ProxyRoller {
  const roller = rollers.get(key) ?? createProxyRoller(context, key, now);
  rollers.set(key, roller);
  return roller;
}

/** A Gateway that is there and cannot be read may be as it was: what is written stays, and it is said. */
function isUnreadable(context: ReconcileContext, key: ObjectKey): boolean {
  const { state, logger } = context;
  const object = state.store('Gateway').get(key);
  if (object === undefined || isGone(object) || state.find('Gateway', key) !== undefined) return false;
  const issues = describeIssues(state.issuesOf(object));
  if (reportFailure(context, key, `the Gateway cannot be read: ${issues}`)) {
    logger.error('a Gateway cannot be read; its proxies stay as they are', { gateway: key, issues });
  }
  return true;
}

/** A Gateway that is gone, or has no AI routes: nothing of ours is left behind. */
async function withdraw(context: ReconcileContext, key: ObjectKey, memory: Memory): Promise<void> {
  const proxies = gatherProxies(context, key);
  context.publications.retract(key);
  memory.retired.forget(key);
  memory.written.delete(key);
  await pruneSecrets(context, key, new Set());
  await refreshProxies(context, proxies, rollerOf(context, key, memory), undefined);
  if (proxies.deployments.length + proxies.daemonSets.length === 0) memory.rollers.delete(key);
}

/** The backends that are to stay in the configuration although they are planned no longer. */
function keepBackends(
  context: ReconcileContext,
  proxy: ProxyIdentity,
  planned: readonly FilterBackend[],
  { retired }: Memory,
): readonly FilterBackend[] {
  const { gateway: key } = proxy;
  const kept = retired.keep(key, planned, gatherUsage(context, key), () => gatherPublished(context, proxy));
  if (kept.length > 0) context.enqueue('Gateway', key, retirementMs);
  return withoutUnpermitted(context, key, kept);
}

/** Writes the configuration and brings the proxies to it. Where it cannot be written, they are looked after with the last one. */
async function serve(
  context: ReconcileContext,
  key: ObjectKey,
  config: FilterConfig,
  memory: Memory,
): Promise<void> {
  const proxies = gatherProxies(context, key);
  const { namespace } = proxies;
  const kept = keepBackends(context, { namespace, gateway: key }, config.backends, memory);
  const place = { gateway: splitKey(key), namespace };
  const previous = gatherIndex(context, place, memory.written.get(key));
  const refresh = async (index: FilterConfigIndex | undefined): Promise<void> => {
    const digest = await digestOf(context, key);
    if (index === undefined || digest === undefined) return;
    // The authority is in the same volume: a pod that trusts only the one before cannot ask for changes.
    const checksum = context.sha256Hex(`${index.checksum} ${gatherAuthority(context) ?? ''}`);
    const wanted = { checksum, digest };
    await refreshProxies(context, proxies, rollerOf(context, key, memory), wanted);
  };
  let index: FilterConfigIndex;
  try {
    const whole = { ...config, backends: [...config.backends, ...kept] };
    index = await publishConfig(context, key, whole, { place, previous });
  } catch (error) {
    const message = describeFailure(error);
    if (message !== undefined) reportFailure(context, key, message);
    await refresh(previous);
    // It stays too large until somebody changes something.
    if (FilterConfigSizeError.is(error))
      throw new ControllerError('terminal', error.message, { cause: error });
    throw error;
  }
  memory.written.set(key, index);
  await refresh(index);
}

/**
 * A Gateway: the configuration of its data plane. What a route needs is written before the route leads there, and stays
 * until no request can be on its way; all of it is removed with the Gateway.
 */
export function reconcileGateway(context: ReconcileContext): Reconcile {
  const memory: Memory = { retired: createRetiredBackends(now), written: new Map(), rollers: new Map() };
  return async (key) => {
    if (isUnreadable(context, key)) return;
    const config = planOf(context, key);
    await (config === undefined ? withdraw(context, key, memory) : serve(context, key, config, memory));
  };
}
