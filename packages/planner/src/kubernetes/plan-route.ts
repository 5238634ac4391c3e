import type { Problem } from '../problem.ts';
import type { CheckCel } from '../resolve/costs.ts';
import { createProblemLog, describeResource } from '../resolve/problem-log.ts';
import type { ResolvedRoute } from '../resolve/resolved-route.ts';
import type { Located, ResourceSet } from '../resolve/resource-set.ts';
import type { DesiredObject } from './kubernetes-object.ts';
import type { Sha256Hex } from './names.ts';
import { planHttpRoute } from './plan-http-route.ts';
import { planRouteFilters } from './plan-route-filters.ts';
import { resolveClusterRoute } from './resolve-cluster-route.ts';

export interface RoutePlan {
  /** `AIGatewayRoute namespace/name`, as problems name it. */
  readonly self: string;
  readonly resolved: ResolvedRoute;
  /** The filters first, so that the HTTPRoute never refers to one that is not there. */
  readonly objects: readonly DesiredObject[];
  readonly problems: readonly Problem[];
}

/** What a route is planned from. */
export interface RouteSources {
  readonly set: ResourceSet;
  readonly sha256Hex: Sha256Hex;
  readonly checkCel: CheckCel;
}

/** What is to be in the cluster for an AIGatewayRoute, and what is wrong with it. */
export function planRoute(sources: RouteSources, route: Located<'AIGatewayRoute'>): RoutePlan {
  const log = createProblemLog();
  const resolved = resolveClusterRoute({ ...sources, log }, route);
  return {
    self: describeResource(route),
    resolved,
    objects: [...planRouteFilters(resolved, sources.sha256Hex), planHttpRoute({ ...sources, log }, resolved)],
    problems: log.problems,
  };
}
