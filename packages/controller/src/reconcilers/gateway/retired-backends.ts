import type { FilterBackend } from '@aigw/api-types';
import type { ObjectKey } from '../../kube/kube-object.ts';

/** How long a backend stays known after it has left the plan: Envoy may still send to it until it has its new routes. */
export const retirementMs = 10_000;

/**
 * How long one stays at most to which an HTTPRoute still leads: it cannot be written anew, and keys are not kept for ever in
 * a place that nobody wants them in.
 */
export const maxInUseMs = 300_000;

/** Backends that are planned no longer and that requests may still be on their way to. */
export interface RetiredBackends {
  /**
   * Those to keep beside the planned ones, by name. `inUse` are the names that live HTTPRoutes still lead to: they stay
   * longer, but not for ever.
   */
  keep(
    gateway: ObjectKey,
    planned: readonly FilterBackend[],
    inUse: ReadonlySet<string>,
  ): readonly FilterBackend[];
  forget(gateway: ObjectKey): void;
}

interface Known {
  readonly backend: FilterBackend;
  readonly lastPlanned: number;
}

/** @param now Milliseconds of a clock that never goes back. */
export function createRetiredBackends(now: () => number): RetiredBackends {
  const known = new Map<ObjectKey, ReadonlyMap<string, Known>>();
  return {
    keep(gateway, planned, inUse) {
      const at = now();
      const current = new Map(planned.map((backend) => [backend.name, { backend, lastPlanned: at }]));
      const retired = [...(known.get(gateway)?.values() ?? [])]
        .filter(({ backend }) => !current.has(backend.name))
        .filter(
          ({ backend, lastPlanned }) =>
            at - lastPlanned < (inUse.has(backend.name) ? maxInUseMs : retirementMs),
        )
        .sort((left, right) => (left.backend.name < right.backend.name ? -1 : 1));
      known.set(
        gateway,
        new Map([...current, ...retired.map((entry) => [entry.backend.name, entry] as const)]),
      );
      return retired.map(({ backend }) => backend);
    },
    forget(gateway) {
      known.delete(gateway);
    },
  };
}
