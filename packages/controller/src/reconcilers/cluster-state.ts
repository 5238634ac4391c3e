import { clusterScopedKinds, namespaceOf, type Resource, type ResourceIssue } from '@aigw/api-types';
import type { KindOfResource, Located, ResourceOf, ResourceSet } from '@aigw/planner';
import type { KubeObject } from '../kube/kube-object.ts';
import type { KubeKind } from '../kube/resource-types.ts';
import { createStore, type Store } from '../manager/store.ts';
import { parsedOf } from './parsed.ts';

/** Everything that was last seen of the cluster. */
export interface ClusterState {
  store(kind: KubeKind): Store;
  /** The same as the planner reads it; what cannot be parsed is not in it. */
  readonly resources: ResourceSet;
  /** A resource by kind and name. */
  find<K extends KindOfResource & KubeKind>(kind: K, key: string): Located<K> | undefined;
  /** Why an object is not among the resources; empty for one that is. */
  issuesOf(object: KubeObject): readonly ResourceIssue[];
}

const source = { file: 'cluster', document: 0 };

const isKind = <K extends KindOfResource>(
  resource: Resource | undefined,
  kind: K,
): resource is ResourceOf<K> => resource?.kind === kind;

/** @param stores One for each watched kind; a kind that is not watched has no objects. */
export function createClusterState(stores: ReadonlyMap<string, Store>): ClusterState {
  const none = createStore();
  const lists = new WeakMap<readonly KubeObject[], readonly Located<KindOfResource>[]>();

  const storeOf = (kind: string): Store => stores.get(kind) ?? none;

  const locate = <K extends KindOfResource>(
    object: KubeObject | undefined,
    kind: K,
  ): Located<K> | undefined => {
    if (object === undefined) return undefined;
    const { resource } = parsedOf(object);
    return isKind(resource, kind) ? { resource, source } : undefined;
  };

  const all = <K extends KindOfResource>(kind: K): readonly Located<K>[] => {
    const objects = storeOf(kind).all();
    const before = lists.get(objects);
    // The list is of one store and so of one kind.
    if (before !== undefined) return before as readonly Located<K>[];
    const located = objects
      .flatMap((object) => locate(object, kind) ?? [])
      .sort((left, right) => compareAge(left.resource, right.resource));
    lists.set(objects, located);
    return located;
  };

  const find = <K extends KindOfResource>(kind: K, key: string): Located<K> | undefined =>
    locate(storeOf(kind).get(key), kind);

  return {
    store: storeOf,
    resources: {
      all,
      find: (kind, namespace, name) =>
        find(kind, clusterScopedKinds.has(kind) ? name : `${namespace}/${name}`),
    },
    find,
    issuesOf: (object) => parsedOf(object).issues,
  };
}

/** Of two that claim the same, the older one has it, and then the first by name. */
function compareAge(left: Resource, right: Resource): number {
  const ageOf = (resource: Resource): string =>
    'creationTimestamp' in resource.metadata ? (resource.metadata.creationTimestamp ?? '') : '';
  const nameOf = ({ metadata }: Resource): string => `${namespaceOf({ metadata })}/${metadata.name ?? ''}`;
  return compareText(ageOf(left), ageOf(right)) || compareText(nameOf(left), nameOf(right));
}

const compareText = (left: string, right: string): number => (left < right ? -1 : Number(left > right));
