import type { Cluster, RouteConfiguration } from '@aigw/envoy-proto/xds';
import { findGeneratedBy, readGateways } from './generated-from.ts';
import type { ClusterProblem } from './change-cluster.ts';
import { renameCluster, type StableNames } from './stable-names.ts';

/** How long a cluster is answered after it has left a translation, at least: clusters and routes reach Envoy one by one. */
const departureMs = 10_000;

/** More sets of Gateways than one Envoy Gateway translates; those of long ago have no Gateways any more. */
const mostSets = 256;

interface Served {
  readonly cluster: Cluster;
  /** Since when no translation has it. */
  readonly leftAt?: number;
}

/** What the last translations were answered with: clusters of ours, by the Gateways of a translation and by name. */
export interface ServedClusters {
  readonly sets: Map<string, ReadonlyMap<string, Served>>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** @param now Milliseconds of a clock that never goes back. */
export const createServedClusters = (now: () => number): ServedClusters => ({ sets: new Map(), now });

/**
 * Envoy Gateway translates Gateway by Gateway, or all of a class at once. Route configurations are named
 * `namespace/gateway/listener`, also those without a route; under its other scheme only virtual hosts name the Gateway.
 */
function keyOf(routes: readonly RouteConfiguration[]): string {
  const gateways = routes.flatMap(({ name, virtualHosts }) => {
    const [namespace, gateway, listener] = name.split('/');
    if (namespace !== undefined && gateway !== undefined && listener !== undefined) {
      return [`${namespace}/${gateway}`];
    }
    return virtualHosts.flatMap(({ metadata }) => readGateways(metadata));
  });
  return [...new Set(gateways)].sort().join(' ');
}

function remember({ sets }: ServedClusters, key: string, served: ReadonlyMap<string, Served>): void {
  sets.delete(key);
  sets.set(key, served);
  const [oldest] = sets.keys();
  if (sets.size > mostSets && oldest !== undefined) sets.delete(oldest);
}

/** A translation, and what its clusters are called towards Envoy. */
export interface NamedTranslation {
  readonly clusters: readonly Cluster[];
  readonly routes: readonly RouteConfiguration[];
  readonly names: StableNames;
}

/** Those of the last answer that the translation has no more and that routes in Envoy may still name. */
function departing(
  before: ReadonlyMap<string, Served>,
  present: ReadonlySet<string>,
  at: number,
): readonly Served[] {
  return [...before.values()].flatMap(({ cluster, leftAt = at }) =>
    present.has(cluster.name) || at - leftAt >= departureMs ? [] : [{ cluster, leftAt }],
  );
}

/**
 * Answers clusters of which nothing fits for a moment as they were answered before, byte for byte: Envoy then changes
 * nothing, until the HTTPRoute has followed its Backends. The data plane forgets the backend that they name soon after no
 * HTTPRoute leads there any more, so that this cannot last. Clusters that have just left the translation are answered
 * once more: Envoy hears of clusters before routes, and a route without its cluster answers 503.
 * @param change Changes a cluster in place, and returns why it could not.
 */
export function bridgeClusters(
  { clusters, routes, names }: NamedTranslation,
  served: ServedClusters,
  change: (cluster: Cluster, hasBridge: boolean) => ClusterProblem | undefined,
): Cluster[] {
  const key = keyOf(routes);
  const before = served.sets.get(key) ?? new Map<string, Served>();
  const nameOf = ({ name }: Cluster): string => names.get(name) ?? name;
  const left = departing(before, new Set(clusters.map(nameOf)), served.now());
  const now = new Map(left.map((one) => [one.cluster.name, one]));
  const answer = clusters.map((cluster) => {
    const last = before.get(nameOf(cluster))?.cluster;
    const problem = change(cluster, last !== undefined);
    renameCluster(cluster, names);
    const good = problem === undefined ? cluster : last;
    if (good !== undefined && findGeneratedBy(good.metadata) !== undefined) {
      now.set(good.name, { cluster: good });
    }
    return problem?.isPassing === true ? (last ?? cluster) : cluster;
  });
  remember(served, key, now);
  return [...answer, ...left.map(({ cluster }) => cluster)];
}
