import { gatewayConfigAnnotation, gatewayGroup, namespaceOf } from '@aigw/api-types';
import type { Located, ResourceSet } from '../resolve/resource-set.ts';

/** The `namespace/name` of the Gateways that a route names. */
export function parentGateways({ resource }: Located<'AIGatewayRoute'>): string[] {
  const own = namespaceOf(resource);
  const parents = (resource.spec.parentRefs ?? []).filter(
    ({ group, kind }) => group === gatewayGroup && kind === 'Gateway',
  );
  return [...new Set(parents.map(({ namespace, name }) => `${namespace ?? own}/${name}`))];
}

/** The settings that a Gateway names, where they exist. */
export function findGatewayConfig(
  set: ResourceSet,
  { resource }: Located<'Gateway'>,
): Located<'GatewayConfig'> | undefined {
  const name = resource.metadata.annotations?.[gatewayConfigAnnotation];
  return name === undefined ? undefined : set.find('GatewayConfig', namespaceOf(resource), name);
}
