import type { ObjectKey } from '../kube/kube-object.ts';

/** Which backends the written filter configuration of each Gateway has, and who waits for more. */
export interface Publications {
  /** Tells of a Gateway's configuration; returns the routes that have waited for it, each once. */
  publish(gateway: ObjectKey, backends: ReadonlySet<string>): readonly ObjectKey[];
  retract(gateway: ObjectKey): void;
  /** True when requests to all of these backends can be served behind the Gateway; else the route waits. */
  await(gateway: ObjectKey, backends: readonly string[], route: ObjectKey): boolean;
}

export function createPublications(): Publications {
  const published = new Map<ObjectKey, ReadonlySet<string>>();
  const waiting = new Map<ObjectKey, Set<ObjectKey>>();
  return {
    publish(gateway, backends) {
      published.set(gateway, backends);
      const routes = [...(waiting.get(gateway) ?? [])];
      waiting.delete(gateway);
      return routes;
    },
    retract(gateway) {
      published.delete(gateway);
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
