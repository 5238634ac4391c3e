import type { ObjectKey } from '../kube/kube-object.ts';

/** Which backends the written filter configuration of each Gateway has. */
export interface Publications {
  publish(gateway: ObjectKey, backends: ReadonlySet<string>): void;
  retract(gateway: ObjectKey): void;
  /** True when requests to all of these backends can be served behind the Gateway. */
  has(gateway: ObjectKey, backends: readonly string[]): boolean;
}

export function createPublications(): Publications {
  const published = new Map<ObjectKey, ReadonlySet<string>>();
  return {
    publish: (gateway, backends) => void published.set(gateway, backends),
    retract: (gateway) => void published.delete(gateway),
    has: (gateway, backends) => {
      const known = published.get(gateway);
      return known !== undefined && backends.every((backend) => known.has(backend));
    },
  };
}
