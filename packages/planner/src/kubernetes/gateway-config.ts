import { gatewayConfigAnnotation, gatewayGroup, type LabelSelector, namespaceOf } from '@aigw/api-types';
import {
  allowsHttpRoutes,
  allowsNamespace,
  isNamed,
  isSelected,
  namespaceLabels,
} from '../resolve/allowed-routes.ts';
import type { Located, ResourceSet } from '../resolve/resource-set.ts';

/** The `namespace/name` of the Gateways that a route names. */
export function parentGateways({ resource }: Located<'AIGatewayRoute'>): string[] {
  const own = namespaceOf(resource);
  const parents = (resource.spec.parentRefs ?? []).filter(
    ({ group, kind }) => group === gatewayGroup && kind === 'Gateway',
  );
  return [...new Set(parents.map(({ namespace, name }) => `${namespace ?? own}/${name}`))];
}

/**
 * Of the Gateways that a route names, those that let it in: by a listener that the reference means, and that takes HTTPRoutes
 * of its namespace. A Gateway that has not been seen yet keeps nobody out.
 */
export function attachedGateways(set: ResourceSet, route: Located<'AIGatewayRoute'>): string[] {
  const own = namespaceOf(route.resource);
  const isIn = (selector: LabelSelector): boolean => {
    const labels = namespaceLabels(set, own);
    return labels !== undefined && isSelected(selector, labels);
  };
  return parentGateways(route).filter((key) => {
    const [namespace = '', name = ''] = key.split('/');
    const gateway = set.find('Gateway', namespace, name);
    if (gateway === undefined) return true;
    const refs = (route.resource.spec.parentRefs ?? []).filter(
      (ref) => `${ref.namespace ?? own}/${ref.name}` === key,
    );
    return gateway.resource.spec.listeners.some(
      (listener) =>
        refs.some((ref) => isNamed(ref, listener)) &&
        allowsHttpRoutes(listener) &&
        allowsNamespace(gateway, listener, own, isIn),
    );
  });
}

/** The settings that a Gateway names, where they exist. */
export function findGatewayConfig(
  set: ResourceSet,
  { resource }: Located<'Gateway'>,
): Located<'GatewayConfig'> | undefined {
  const name = resource.metadata.annotations?.[gatewayConfigAnnotation];
  return name === undefined ? undefined : set.find('GatewayConfig', namespaceOf(resource), name);
}
