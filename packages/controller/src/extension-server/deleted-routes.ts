import type { Change } from '../manager/informer.ts';

/** So many are remembered: Envoy Gateway follows within seconds. */
const mostRoutes = 10_000;

/** The AIGatewayRoutes that were seen to go. One that has not been seen yet is not gone: watches can be late. */
export interface DeletedRoutes {
  /** To be told of every change of the cluster. */
  note(change: Change): void;
  /** @param uid - of the AIGatewayRoute: another one of its name has another */
  has(uid: string): boolean;
}

/** Nothing is known to be gone at first. */
export function createDeletedRoutes(): DeletedRoutes {
  const gone = new Set<string>();
  const add = (uid: string | undefined): void => {
    if (uid === undefined) return;
    gone.add(uid);
    const [oldest] = gone;
    if (gone.size > mostRoutes && oldest !== undefined) gone.delete(oldest);
  };
  return {
    note({ kind, before, after }) {
      if (kind !== 'AIGatewayRoute') return;
      if (before?.metadata.uid !== after?.metadata.uid) add(before?.metadata.uid);
      if (after?.metadata.deletionTimestamp !== undefined) add(after.metadata.uid);
    },
    has: (uid) => gone.has(uid),
  };
}
