import { type Cluster, Cluster_DiscoveryType, type Secret } from '@aigw/envoy-proto/xds';
import type { ClusterProblem } from './change-cluster.ts';
import { findGeneratedBy } from './generated-from.ts';
import { type ServedCluster, type ServedTranslation, settlingMs } from './served-translations.ts';
import { renameCluster, type StableNames } from './stable-names.ts';

/** The clusters of a translation, and what they are called towards Envoy. */
export interface NamedClusters {
  readonly clusters: readonly Cluster[];
  readonly secrets: readonly Secret[];
  readonly names: StableNames;
}

/** What clusters were answered with before, and when it is now. */
export interface Bridge {
  readonly known: ServedTranslation | undefined;
  readonly at: number;
}

/** The clusters of an answer with what they need, and what is to be known of them next time. */
export interface BridgedClusters {
  readonly clusters: Cluster[];
  readonly secrets: Secret[];
  readonly served: Pick<ServedTranslation, 'clusters' | 'authorities'>;
}

/**
 * The endpoints of such a cluster are not in it: Envoy Gateway serves them under the name of a rule, whichever backend that has
 * now, and those of a rule that has gone no more. It is answered as it is or not at all.
 */
const isServedApart = ({ clusterDiscoveryType: type }: Cluster): boolean =>
  type.case === 'type' && type.value === Cluster_DiscoveryType.EDS;

/** Those of the last answer that the translation has no more and that routes in Envoy may still name. */
function departing({ known, at }: Bridge, present: ReadonlySet<string>): readonly ServedCluster[] {
  return [...(known?.clusters.values() ?? [])].flatMap((one) => {
    const { answered, leftAt = at } = one;
    const isOver = present.has(answered.name) || isServedApart(answered) || at - leftAt >= settlingMs;
    return isOver ? [] : [{ ...one, leftAt }];
  });
}

const isAuthority = ({ type }: Secret): boolean => type.case === 'validationContext';

/** What a cluster can be answered as in place of itself. */
function findBridge({ known }: Bridge, cluster: Cluster, name: string): Cluster | undefined {
  const last = known?.clusters.get(name)?.good;
  return last === undefined || isServedApart(last) || isServedApart(cluster) ? undefined : last;
}

/** With those of the last answer: an Envoy that starts waits for what its clusters name. */
function withAuthorities(secrets: readonly Secret[], known: ServedTranslation | undefined): Secret[] {
  const present = new Set(secrets.map(({ name }) => name));
  return [...secrets, ...(known?.authorities ?? []).filter(({ name }) => !present.has(name))];
}

/**
 * Answers clusters of which nothing fits for a moment as they were answered when they fitted, byte for byte: Envoy then
 * changes nothing, until the HTTPRoute has followed its Backends. The data plane forgets the backend that they name soon after
 * no HTTPRoute leads there any more, so that this cannot last. Clusters that have just left the translation are answered as
 * they were for a while: Envoy hears of clusters before routes, and a route without its cluster answers with an error.
 * @param change Changes a cluster in place, and returns why it could not.
 */
export function bridgeClusters(
  { clusters, secrets, names }: NamedClusters,
  bridge: Bridge,
  change: (cluster: Cluster, hasBridge: boolean) => ClusterProblem | undefined,
): BridgedClusters {
  const { known } = bridge;
  const nameOf = ({ name }: Cluster): string => names.get(name) ?? name;
  const left = departing(bridge, new Set(clusters.map(nameOf)));
  const served = new Map(left.map((one) => [one.answered.name, one]));
  const answer = clusters.map((cluster) => {
    const last = findBridge(bridge, cluster, nameOf(cluster));
    const problem = change(cluster, last !== undefined);
    renameCluster(cluster, names);
    const good = problem === undefined ? cluster : last;
    const answered = problem?.isPassing === true ? (last ?? cluster) : cluster;
    if (findGeneratedBy(answered.metadata) !== undefined) {
      served.set(answered.name, { answered, ...(good !== undefined && { good }) });
    }
    return answered;
  });
  const isOfBefore = left.length > 0 || answer.some((cluster) => !clusters.includes(cluster));
  const needed = withAuthorities(secrets, isOfBefore ? known : undefined);
  return {
    clusters: [...answer, ...left.map(({ answered }) => answered)],
    secrets: needed,
    served: { clusters: served, authorities: served.size === 0 ? [] : needed.filter(isAuthority) },
  };
}
