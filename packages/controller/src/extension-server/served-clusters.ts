import type { Cluster, RouteConfiguration } from '@aigw/envoy-proto/xds';
import { findGeneratedBy, readGateways } from './generated-from.ts';
import type { ClusterProblem } from './change-cluster.ts';

/** What the last translations were answered with: clusters of ours, by the Gateways of a translation and by name. */
export type ServedClusters = Map<string, ReadonlyMap<string, Cluster>>;

/** Envoy Gateway translates Gateway by Gateway, or all of a class at once. */
function keyOf(routes: readonly RouteConfiguration[]): string {
  const hosts = routes.flatMap(({ virtualHosts }) => virtualHosts);
  return [...new Set(hosts.flatMap(({ metadata }) => readGateways(metadata)))].sort().join(' ');
}

/**
 * Answers clusters of which nothing fits for a moment as they were answered before, byte for byte: Envoy then changes
 * nothing, until the HTTPRoute has followed its Backends. The data plane forgets the backend that they name soon after no
 * HTTPRoute leads there any more, so that this cannot last.
 * @param change Changes a cluster in place, and returns why it could not.
 */
export function bridgeClusters(
  { clusters, routes }: { clusters: readonly Cluster[]; routes: readonly RouteConfiguration[] },
  served: ServedClusters,
  change: (cluster: Cluster, hasBridge: boolean) => ClusterProblem | undefined,
): Cluster[] {
  const key = keyOf(routes);
  const before = served.get(key);
  const now = new Map<string, Cluster>();
  const answer = clusters.map((cluster) => {
    const last = before?.get(cluster.name);
    const problem = change(cluster, last !== undefined);
    const good = problem === undefined ? cluster : last;
    if (good !== undefined && findGeneratedBy(good.metadata) !== undefined) now.set(good.name, good);
    return problem?.isPassing === true ? (last ?? cluster) : cluster;
  });
  served.set(key, now);
  return answer;
}
