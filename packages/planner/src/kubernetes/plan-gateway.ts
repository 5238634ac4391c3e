import { type FilterConfig, gatewayConfigAnnotation, gatewayGroup, namespaceOf } from '@aigw/api-types';
import { planFilterConfig } from '../filter-config/plan-filter-config.ts';
import { createProblemLog } from '../resolve/problem-log.ts';
import { keyOf, type Located, type ResourceSet } from '../resolve/resource-set.ts';
import type { Sha256Hex } from './names.ts';
import { resolveClusterRoute } from './resolve-cluster-route.ts';

/** The `namespace/name` of the Gateways that a route names. */
export function parentGateways({ resource }: Located<'AIGatewayRoute'>): string[] {
  const own = namespaceOf(resource);
  const parents = (resource.spec.parentRefs ?? []).filter(
    ({ group, kind }) => group === gatewayGroup && kind === 'Gateway',
  );
  return [...new Set(parents.map(({ namespace, name }) => `${namespace ?? own}/${name}`))];
}

/**
 * The filter configuration of a Gateway with at least one AI route; `undefined` for one without. Routes are in the order
 * of their names, so that equal resources give equal bytes.
 */
export function planGatewayConfig(
  sources: { readonly set: ResourceSet; readonly sha256Hex: Sha256Hex },
  gateway: Located<'Gateway'>,
): FilterConfig | undefined {
  const { set, sha256Hex } = sources;
  const key = keyOf(gateway.resource);
  const routes = set
    .all('AIGatewayRoute')
    .filter((route) => parentGateways(route).includes(key))
    .sort((left, right) => (keyOf(left.resource) < keyOf(right.resource) ? -1 : 1));
  if (routes.length === 0) return undefined;
  const log = createProblemLog();
  const resolved = routes.map((route) => resolveClusterRoute({ set, log, sha256Hex }, route));
  const configName = gateway.resource.metadata.annotations?.[gatewayConfigAnnotation];
  const settings =
    configName === undefined
      ? undefined
      : set.find('GatewayConfig', namespaceOf(gateway.resource), configName)?.resource.spec;
  return planFilterConfig(resolved, settings?.globalLLMRequestCosts ?? []);
}
