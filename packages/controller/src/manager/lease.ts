import type { ApiClient } from '../kube/api-client.ts';
import { hasStatus } from '../kube/api-error.ts';
import { collectionPath, objectPath, resourceTypes } from '../kube/resource-types.ts';

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number;
}

/** A lease as it was last read. @see https://kubernetes.io/docs/concepts/architecture/leases/ */
export interface Lease {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string };
  readonly spec?: LeaseSpec;
}

/** Who holds a lease; empty for nobody. */
export function holderOf(lease: Lease | undefined): string {
  return lease?.spec?.holderIdentity ?? '';
}

/** One Lease object: read it, and write it if nobody else has since. */
export interface LeaseStore {
  /** @throws KubeApiError */
  read(): Promise<Lease | undefined>;
  /** False when somebody was faster. @throws KubeApiError */
  write(before: Lease | undefined, holder: string): Promise<boolean>;
}

/** The API server has microseconds. */
const microTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000Z');

function specFor(before: Lease | undefined, holder: string, leaseSeconds: number): LeaseSpec {
  const now = microTime(Date.now());
  const isSame = holderOf(before) === holder;
  const transitions = before?.spec?.leaseTransitions ?? 0;
  return {
    holderIdentity: holder,
    leaseDurationSeconds: leaseSeconds,
    acquireTime: (isSame ? before?.spec?.acquireTime : undefined) ?? now,
    renewTime: now,
    leaseTransitions: before === undefined || isSame ? transitions : transitions + 1,
  };
}

export function createLeaseStore(
  client: ApiClient,
  at: { readonly namespace: string; readonly name: string },
  leaseSeconds: number,
): LeaseStore {
  const type = resourceTypes.Lease;
  const path = objectPath(type, at.namespace, at.name);
  return {
    async read() {
      try {
        return (await client.request({ method: 'GET', path })) as Lease;
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        throw error;
      }
    },
    async write(before, holder) {
      const { apiVersion, kind } = type;
      const spec = specFor(before, holder, leaseSeconds);
      const body = { apiVersion, kind, metadata: before?.metadata ?? at, spec };
      try {
        await (before === undefined
          ? client.request({ method: 'POST', path: collectionPath(type, at.namespace), body })
          : client.request({ method: 'PUT', path, body }));
        return true;
      } catch (error) {
        if (hasStatus(error, 409)) return false;
        throw error;
      }
    },
  };
}
