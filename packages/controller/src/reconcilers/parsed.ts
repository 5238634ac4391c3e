import { parseClusterResource, type Resource, type ResourceIssue } from '@aigw/api-types';
import type { KubeObject } from '../kube/kube-object.ts';

/** An object as the planner reads it, or why it cannot. */
export interface Parsed {
  readonly resource: Resource | undefined;
  readonly issues: readonly ResourceIssue[];
}

const known = new WeakMap<KubeObject, Parsed>();

/** Objects are never changed in place, so each is parsed once. */
export function parsedOf(object: KubeObject): Parsed {
  const before = known.get(object);
  if (before !== undefined) return before;
  const result = parseClusterResource(object);
  const parsed: Parsed = result.ok
    ? { resource: result.resource, issues: [] }
    : { resource: undefined, issues: result.issues };
  known.set(object, parsed);
  return parsed;
}
