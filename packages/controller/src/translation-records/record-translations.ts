import { parentGateways, type Sha256Hex } from '@aigw/planner';
import type { Logger, Service } from '@aigw/service-runtime';
import type { TranslatedRoute } from '../extension-server/translated-routes.ts';
import type { ApiClient } from '../kube/api-client.ts';
import { hasStatus } from '../kube/api-error.ts';
import { splitKey } from '../kube/kube-object.ts';
import { objectPath, resourceTypes } from '../kube/resource-types.ts';
import { createController } from '../manager/controller.ts';
import type { ClusterState } from '../reconcilers/cluster-state.ts';
import { recordOf, recordsOf, type TranslationRecord } from './record.ts';

export interface TranslationRecordsOptions {
  readonly client: ApiClient;
  readonly logger: Logger;
  readonly state: Pick<ClusterState, 'store' | 'find'>;
  readonly sha256Hex: Sha256Hex;
  /** Whether the cluster has been seen; until then translations wait. */
  readonly isReady: () => boolean;
  /** How long a translation waits before it is compared with what is recorded; 1 s by default. */
  readonly settleMs?: number;
}

/** Records on AIGatewayRoutes what did not fit in translations that this replica has served. */
export interface TranslationRecorder extends Service {
  /** Takes note of the routes of one translation. Returns at once and never throws. */
  note(routes: readonly TranslatedRoute[]): void;
}

/** `null` where a record is to go. */
type Changes = Readonly<Record<string, TranslationRecord | null>>;

const isSame = (left: TranslationRecord | undefined, right: TranslationRecord | undefined): boolean =>
  left?.stamp === right?.stamp && left?.message === right?.message;

/** What of the records has to change, with those of Gateways that the route no longer names; `undefined` for nothing. */
function changesOf(
  { state, sha256Hex }: TranslationRecordsOptions,
  translated: TranslatedRoute,
): Changes | undefined {
  const object = state.store('AIGatewayRoute').get(translated.route);
  const route = state.find('AIGatewayRoute', translated.route);
  if (object === undefined || route === undefined) return undefined;
  const parents = parentGateways(route);
  const records = recordsOf(object);
  const wanted = recordOf(translated, sha256Hex);
  const changed = translated.gateways
    .filter((gateway) => parents.includes(gateway) && !isSame(records[gateway], wanted))
    .map((gateway) => [gateway, wanted ?? null] as const);
  const stale = Object.keys(records)
    .filter((gateway) => !parents.includes(gateway))
    .map((gateway) => [gateway, null] as const);
  const changes = [...changed, ...stale];
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

async function write(
  { client, logger }: TranslationRecordsOptions,
  key: string,
  changes: Changes,
): Promise<void> {
  const { namespace, name } = splitKey(key);
  try {
    await client.request({
      method: 'PATCH',
      path: `${objectPath(resourceTypes.AIGatewayRoute, namespace, name)}/status`,
      body: { status: { notStamped: changes } },
      contentType: 'application/merge-patch+json',
    });
    logger.info('what did not fit of a route has changed', { route: key, gateways: Object.keys(changes) });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}

/**
 * Every replica records what it has served, on the route itself; the leader reads it there. A translation is compared with
 * what is recorded a second later, when the watch has brought what any replica wrote before; only differences are written.
 */
export function createTranslationRecorder(options: TranslationRecordsOptions): TranslationRecorder {
  const { logger, isReady, settleMs = 1000 } = options;
  const latest = new Map<string, readonly TranslatedRoute[]>();
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let writtenAt = -settleMs;

  const compare = async (key: string): Promise<void> => {
    if (!isReady() || performance.now() - writtenAt < settleMs) {
      controller.enqueue(key, settleMs);
      return;
    }
    const routes = latest.get(key) ?? [];
    for (const route of routes) {
      const changes = changesOf(options, route);
      if (changes === undefined) continue;
      await write(options, route.route, changes);
      writtenAt = performance.now();
    }
    // Another translation may have come meanwhile, and waits for its own turn.
    if (latest.get(key) === routes) latest.delete(key);
  };
  const controller = createController({ name: 'translations', reconcile: compare, logger, workers: 1 });

  return {
    name: 'translation records',
    note(routes) {
      if (routes.length === 0) return;
      // Envoy Gateway translates Gateway by Gateway, or all of a class at once: each translation replaces the one before.
      const key = [...new Set(routes.flatMap(({ gateways }) => gateways))].sort().join(' ');
      latest.set(key, routes);
      controller.enqueue(key, settleMs);
    },
    start() {
      running = controller.run(stopping.signal);
      return Promise.resolve();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
