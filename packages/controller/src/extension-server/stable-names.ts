import type { Cluster, Route } from '@aigw/envoy-proto/xds';
import { parseGeneratedName, readGeneratedFrom } from './generated-from.ts';

/** What clusters are called towards Envoy, by what Envoy Gateway calls them. */
export type StableNames = ReadonlyMap<string, string>;

/** `httproute/NAMESPACE/NAME/rule/KEY`, after what the rule matches in place of where it stands. */
function stableNameOf({ name, metadata }: Cluster): string {
  const generated = parseGeneratedName(name);
  const from = readGeneratedFrom(metadata);
  if (generated === undefined || from === undefined) return name;
  if (from.namespace !== generated.namespace || from.name !== generated.name) return name;
  const key = from.stamp?.rules[generated.rule]?.key;
  if (key === undefined) return name;
  const { backend } = generated;
  const own = backend === undefined ? '' : `/backend/${backend}`;
  return `httproute/${generated.namespace}/${generated.name}/rule/${key}${own}`;
}

/**
 * Names clusters of our HTTPRoutes. Envoy Gateway counts rules, so that a rule which goes has each after it take the name of
 * the one before, and Envoy, which hears of clusters before routes, sends requests for one model to the backends of another.
 */
export function nameClusters(clusters: readonly Cluster[]): StableNames {
  const taken = new Set(clusters.map(({ name }) => name));
  const names = new Map<string, string>();
  for (const cluster of clusters) {
    // Endpoints that are served apart have Envoy Gateway's name: of two clusters that follow one name the second may wait.
    const name = cluster.edsClusterConfig === undefined ? stableNameOf(cluster) : cluster.name;
    // Of two with one name Envoy takes neither, nor anything else.
    if (taken.has(name)) continue;
    taken.add(name);
    names.set(cluster.name, name);
  }
  return names;
}

/** Gives a cluster the name that was found for it. */
export function renameCluster(cluster: Cluster, names: StableNames): void {
  const name = names.get(cluster.name);
  if (name === undefined) return;
  const { loadAssignment } = cluster;
  if (loadAssignment?.clusterName === cluster.name) loadAssignment.clusterName = name;
  cluster.name = name;
}

/** Has a route lead to its clusters under the names that they have been given. */
export function renameTargets({ action }: Route, names: StableNames): void {
  if (action.case !== 'route') return;
  const { clusterSpecifier } = action.value;
  if (clusterSpecifier.case === 'cluster') {
    clusterSpecifier.value = names.get(clusterSpecifier.value) ?? clusterSpecifier.value;
  } else if (clusterSpecifier.case === 'weightedClusters') {
    for (const target of clusterSpecifier.value.clusters) target.name = names.get(target.name) ?? target.name;
  }
}
