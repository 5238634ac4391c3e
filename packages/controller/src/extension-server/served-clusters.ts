import type { Cluster, RouteConfiguration } from '@aigw/envoy-proto/xds';
import { findGeneratedBy, readGateways } from './generated-from.ts';
import type { ClusterProblem } from './change-cluster.ts';
import { renameCluster, type StableNames } from './stable-names.ts';

/** How long clusters and routes, which reach Envoy one by one, are given to do so. */
const settlingMs = 10_000;

/** More sets of Gateways than one Envoy Gateway translates; those of long ago have no Gateways any more. */
const mostSets = 256;

interface Served {
  readonly cluster: Cluster;
  /** Since when translations have it; absent for one that was there when we came. */
  readonly since?: number;
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

/** The clusters of an answer. */
export interface BridgedClusters {
  readonly clusters: Cluster[];
  /** Those that Envoy may not have yet: a route that leads there has just come. */
  readonly young: ReadonlySet<string>;
}

/** Those of the last answer that the translation has no more and that routes in Envoy may still name. */
function departing(
  before: ReadonlyMap<string, Served>,
  present: ReadonlySet<string>,
  at: number,
): readonly Served[] {
  return [...before.values()].flatMap(({ cluster, leftAt = at }) =>
    present.has(cluster.name) || at - leftAt >= settlingMs ? [] : [{ cluster, leftAt }],
  );
}

/**
 * Answers clusters of which nothing fits for a moment as they were answered before, byte for byte: Envoy then changes
 * nothing, until the HTTPRoute has followed its Backends. The data plane forgets the backend that they name soon after no
 * HTTPRoute leads there any more, so that this cannot last. Clusters that have just left the translation are answered
 * for a while: Envoy hears of clusters before routes, and a route without its cluster answers with an error.
 * @param change Changes a cluster in place, and returns why it could not.
 */
export function bridgeClusters(
  { clusters, routes, names }: NamedTranslation,
  served: ServedClusters,
  change: (cluster: Cluster, hasBridge: boolean) => ClusterProblem | undefined,
): BridgedClusters {
  const key = keyOf(routes);
  const known = served.sets.get(key);
  const before = known ?? new Map<string, Served>();
  const at = served.now();
  const nameOf = ({ name }: Cluster): string => names.get(name) ?? name;
  const left = departing(before, new Set(clusters.map(nameOf)), at);
  const now = new Map(left.map((one) => [one.cluster.name, one]));
  const answer = clusters.map((cluster) => {
    const former = before.get(nameOf(cluster));
    const last = former?.cluster;
    const since = former === undefined && known !== undefined ? at : former?.since;
    const problem = change(cluster, last !== undefined);
    renameCluster(cluster, names);
    const good = problem === undefined ? cluster : last;
    if (good !== undefined && findGeneratedBy(good.metadata) !== undefined) {
      now.set(good.name, { cluster: good, ...(since !== undefined && { since }) });
    }
    return problem?.isPassing === true ? (last ?? cluster) : cluster;
  });
  remember(served, key, now);
  const young = [...now].filter(([, { since }]) => since !== undefined && at - since < settlingMs);
  return {
    clusters: [...answer, ...left.map(({ cluster }) => cluster)],
    young: new Set(young.map(([name]) => name)),
  };
}
