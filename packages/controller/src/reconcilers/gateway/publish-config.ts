import type { FilterConfig } from '@aigw/api-types';
import {
  filterConfigKeys,
  type FilterConfigIndex,
  type FilterConfigPlace,
  filterConfigSecretName,
  parseFilterConfigIndex,
  planFilterConfigSecrets,
} from '@aigw/planner';
import { keyOfMetadata, type ObjectKey } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { readSecretData } from '../../kube/secret-data.ts';
import { routesByGateway } from '../indexes.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { pruneSecrets } from './prune-secrets.ts';

const readSecret = ({ state }: ReconcileContext, key: ObjectKey, item: string): string | undefined =>
  readSecretData(state.store('Secret').get(key), item)?.toString('utf8');

/** The authorities by which proxies trust us. */
export const gatherAuthority = (context: ReconcileContext): string | undefined =>
  readSecret(context, context.certificateSecret, 'ca.crt');

/** The index that is in the cluster, or the one that we wrote last where that has not been seen yet. */
export function gatherIndex(
  context: ReconcileContext,
  { gateway, namespace }: FilterConfigPlace,
  written: FilterConfigIndex | undefined,
): FilterConfigIndex | undefined {
  const name = filterConfigSecretName(gateway.namespace, gateway.name, context.sha256Hex);
  const text = readSecret(context, `${namespace}/${name}`, filterConfigKeys.index);
  const live = parseFilterConfigIndex(text ?? '');
  return live === undefined || (written !== undefined && written.revision > live.revision) ? written : live;
}

/** Has the routes of a Gateway look at what became of its configuration. */
function enqueueRoutes({ state, enqueue }: ReconcileContext, key: ObjectKey): void {
  for (const { metadata } of state.store('AIGatewayRoute').by(routesByGateway, key)) {
    enqueue('AIGatewayRoute', keyOfMetadata(metadata));
  }
}

/** Keeps in mind why a configuration is not written, and has the routes say so. True when it is news. */
export function reportFailure(context: ReconcileContext, key: ObjectKey, message: string): boolean {
  const isNews = context.publications.fail(key, message);
  if (isNews) enqueueRoutes(context, key);
  return isNews;
}

/** Where a configuration is written, and after which. */
export interface Following {
  readonly place: FilterConfigPlace;
  readonly previous: FilterConfigIndex | undefined;
}

/**
 * Writes the configuration, and lets the routes go on that wait for it. Returns its index.
 * @throws KubeApiError, FilterConfigSizeError
 */
export async function publishConfig(
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
  const hadFailed = publications.failureOf(key) !== undefined;
  const names = new Set(config.backends.map(({ name }) => name));
  for (const route of publications.publish(key, names)) enqueue('AIGatewayRoute', route);
  if (hadFailed) enqueueRoutes(context, key);
  await pruneSecrets(context, key, new Set(secrets.map(({ metadata }) => keyOfMetadata(metadata))));
  return index;
}
