import { namespaceOf } from '@aigw/api-types';
import type { ResourceSet } from './resource-set.ts';

/** One end of a reference. */
export interface ReferenceEnd {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
}

/** True when both ends share a namespace, or a ReferenceGrant beside the target allows it. */
export function isReferenceAllowed(
  set: ResourceSet,
  from: ReferenceEnd,
  to: ReferenceEnd & { readonly name: string },
): boolean {
  if (from.namespace === to.namespace) return true;
  return set
    .all('ReferenceGrant')
    .some(
      ({ resource }) =>
        namespaceOf(resource) === to.namespace &&
        resource.spec.from.some(
          (grant) =>
            grant.group === from.group && grant.kind === from.kind && grant.namespace === from.namespace,
        ) &&
        resource.spec.to.some(
          (grant) =>
            grant.group === to.group &&
            grant.kind === to.kind &&
            (grant.name === undefined || grant.name === to.name),
        ),
    );
}

/** What to write so that a reference across namespaces works. */
export function describeMissingGrant(
  from: ReferenceEnd,
  to: ReferenceEnd & { readonly name: string },
): string {
  return `a ReferenceGrant in namespace ${to.namespace} must allow ${from.kind} of namespace ${from.namespace} to refer to ${to.kind} ${to.name}`;
}
