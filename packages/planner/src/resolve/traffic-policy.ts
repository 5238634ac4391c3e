import {
  type BackendTimeouts,
  namespaceOf,
  type PolicyTargetReference,
  type RetryPolicy,
} from '@aigw/api-types';
import type { Located, ResourceSet } from './resource-set.ts';

/** What a BackendTrafficPolicy says about a rule. */
export interface TrafficSettings {
  readonly retry?: RetryPolicy;
  readonly timeouts?: BackendTimeouts;
}

type Policy = Located<'BackendTrafficPolicy'>;

const targetsOf = ({ resource }: Policy): readonly PolicyTargetReference[] => [
  ...(resource.spec.targetRef === undefined ? [] : [resource.spec.targetRef]),
  ...(resource.spec.targetRefs ?? []),
];

/** How closely a policy fits: 3 for the rule, 2 for the route, 1 for its Gateway, 0 for neither. */
function closeness(policy: Policy, route: Located<'AIGatewayRoute'>, ruleName: string | undefined): number {
  const { metadata, spec } = route.resource;
  if (namespaceOf(policy.resource) !== namespaceOf(route.resource)) return 0;
  const ranks = targetsOf(policy).map(({ kind, name, sectionName }) => {
    if ((kind === 'HTTPRoute' || kind === 'AIGatewayRoute') && name === metadata.name) {
      if (sectionName === undefined) return 2;
      return sectionName === ruleName ? 3 : 0;
    }
    return kind === 'Gateway' && (spec.parentRefs ?? []).some((parent) => parent.name === name) ? 1 : 0;
  });
  return Math.max(0, ...ranks);
}

/** The settings of the closest policy of a rule. The HTTPRoute that Kubernetes makes of an AIGatewayRoute has its name. */
export function trafficSettings(
  set: ResourceSet,
  route: Located<'AIGatewayRoute'>,
  ruleName: string | undefined,
): TrafficSettings {
  const ranked = set
    .all('BackendTrafficPolicy')
    .map((policy) => ({ policy, rank: closeness(policy, route, ruleName) }))
    .filter(({ rank }) => rank > 0)
    .sort((left, right) => right.rank - left.rank);
  const spec = ranked[0]?.policy.resource.spec;
  return {
    ...(spec?.retry !== undefined && { retry: spec.retry }),
    ...(spec?.timeout !== undefined && { timeouts: spec.timeout }),
  };
}
