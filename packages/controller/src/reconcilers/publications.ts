import type { ObjectKey } from '../kube/kube-object.ts';

/** Which backends the written filter configuration of each Gateway has, who waits for more, and what keeps it from being written. */
export interface Publications {
  /** Tells of a Gateway's configuration; returns the routes that have waited for it, each once. */
  publish(gateway: ObjectKey, backends: ReadonlySet<string>): readonly ObjectKey[];
  /** The configuration cannot be written, and the one before stays. True when that, or why, is news. */
  fail(gateway: ObjectKey, message: string): boolean;
  /** Why the configuration of a Gateway is not written; until it is published or retracted. */
  failureOf(gateway: ObjectKey): string | undefined;
  retract(gateway: ObjectKey): void;
  /** True when requests to all of these backends can be served behind the Gateway; else the route waits. */
  await(gateway: ObjectKey, backends: readonly string[], route: ObjectKey): boolean;
}

export function createPublications(): Publications {
  const published = new Map<ObjectKey, ReadonlySet<string>>();
  const failures = new Map<ObjectKey, string>();
  const waiting = new Map<ObjectKey, Set<ObjectKey>>();
  return {
    publish(gateway, backends) {
      published.set(gateway, backends);
      failures.delete(gateway);
      const routes = [...(waiting.get(gateway) ?? [])];
      waiting.delete(gateway);
      return routes;
    },
    fail(gateway, message) {
      const isNews = failures.get(gateway) !== message;
      failures.set(gateway, message);
      return isNews;
    },
    failureOf: (gateway) => failures.get(gateway),
    retract(gateway) {
      published.delete(gateway);
      failures.delete(gateway);
    },
    await(gateway, backends, route) {
      const known = published.get(gateway);
      if (known !== undefined && backends.every((backend) => known.has(backend))) return true;
      const routes = waiting.get(gateway) ?? new Set();
      waiting.set(gateway, routes.add(route));
      return false;
    },
  };
}
