import type { FilterBackend } from '@aigw/api-types';
import type { ObjectKey } from '../../kube/kube-object.ts';

/** How long a backend stays known after Envoy Gateway has left it: Envoy may still send to it until it has its new routes. */
export const retirementMs = 10_000;

/** How long a backend stays known at most after it has left the plan: a key that was taken away is not kept without end. */
export const longestRetirementMs = 10 * 60_000;

/** Where requests may still be sent. */
export interface BackendUsage {
  /** The names that live HTTPRoutes lead to. */
  readonly inUse: ReadonlySet<string>;
  /** Whether Envoy Gateway has not taken the HTTPRoute of a route as it is: it may serve any version before. */
  readonly isUnsettled: (route: ObjectKey) => boolean;
}

/** Backends that are planned no longer and that requests may still be on their way to. */
export interface RetiredBackends {
  /**
   * Those to keep beside the planned ones, by name: as long as they are used, and a while longer.
   * @param published What is in the cluster, for a Gateway that has not been looked at before: another leader may have left it.
   */
  keep(
    gateway: ObjectKey,
    planned: readonly FilterBackend[],
    usage: BackendUsage,
    published: () => readonly FilterBackend[],
  ): readonly FilterBackend[];
  forget(gateway: ObjectKey): void;
}

interface Known {
  readonly backend: FilterBackend;
  /** Since when it has not been planned. */
  readonly leftAt?: number;
  /** Since when nothing leads there. */
  readonly unusedSince?: number;
}

/** The route, `namespace/name`, that an identity belongs to. */
function routeOf(name: string): ObjectKey {
  const [, namespace = '', route = ''] = /^([^/]+)\/[^/]+\/route\/([^/]+)\//.exec(name) ?? [];
  return `${namespace}/${route}`;
}

const isUsed = ({ name }: FilterBackend, { inUse, isUnsettled }: BackendUsage): boolean =>
  inUse.has(name) || isUnsettled(routeOf(name));

function retire({ backend, leftAt, unusedSince }: Known, usage: BackendUsage, at: number): Known {
  const left = { backend, leftAt: leftAt ?? at };
  return isUsed(backend, usage) ? left : { ...left, unusedSince: unusedSince ?? at };
}

const isKept = ({ leftAt = 0, unusedSince }: Known, at: number): boolean =>
  at - leftAt < longestRetirementMs && (unusedSince === undefined || at - unusedSince < retirementMs);

const byName = (entries: readonly Known[]): ReadonlyMap<string, Known> =>
  new Map(entries.map((entry) => [entry.backend.name, entry]));

/** @param now Milliseconds of a clock that never goes back. */
export function createRetiredBackends(now: () => number): RetiredBackends {
  const known = new Map<ObjectKey, ReadonlyMap<string, Known>>();
  return {
    keep(gateway, planned, usage, published) {
      const at = now();
      const current = byName(planned.map((backend) => ({ backend })));
      const before = known.get(gateway) ?? byName(published().map((backend) => ({ backend })));
      const retired = [...before.values()]
        .filter(({ backend }) => !current.has(backend.name))
        .map((entry) => retire(entry, usage, at))
        .filter((entry) => isKept(entry, at))
        .sort((left, right) => (left.backend.name < right.backend.name ? -1 : 1));
      known.set(gateway, new Map([...current, ...byName(retired)]));
      return retired.map(({ backend }) => backend);
    },
    forget(gateway) {
      known.delete(gateway);
    },
  };
}
