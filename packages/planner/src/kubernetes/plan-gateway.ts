import type { FilterConfig } from '@aigw/api-types';
import { planFilterConfig } from '../filter-config/plan-filter-config.ts';
import { globalCosts } from '../resolve/costs.ts';
import { createProblemLog } from '../resolve/problem-log.ts';
import { keyOf, type Located } from '../resolve/resource-set.ts';
import { attachedGateways, findGatewayConfig } from './gateway-config.ts';
import type { RouteSources } from './plan-route.ts';
import { resolveClusterRoute } from './resolve-cluster-route.ts';

/**
 * The filter configuration of a Gateway that at least one AI route is attached to; `undefined` for one without. Routes are
 * in the order of their names, so that equal resources give equal bytes.
 */
export function planGatewayConfig(
  sources: RouteSources,
  gateway: Located<'Gateway'>,
): FilterConfig | undefined {
  const { set } = sources;
  const key = keyOf(gateway.resource);
  const routes = set
    .all('AIGatewayRoute')
    .filter((route) => attachedGateways(set, route).includes(key))
    .sort((left, right) => (keyOf(left.resource) < keyOf(right.resource) ? -1 : 1));
  if (routes.length === 0) return undefined;
  const log = createProblemLog();
  const resolved = routes.map((route) => resolveClusterRoute({ ...sources, log }, route));
  const config = findGatewayConfig(set, gateway);
  return planFilterConfig(resolved, config === undefined ? [] : globalCosts({ ...sources, log }, config));
}
