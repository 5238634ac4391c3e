import { gatewayConfigAnnotation } from '@aigw/api-types';
import { attachedGateways, filterConfigSecretName, type ResourceSet, type Sha256Hex } from '@aigw/planner';
import type { FindSidecar } from './review.ts';

/** Finds what a Gateway's proxies get among the resources of the cluster. */
export function createFindSidecar(resources: ResourceSet, sha256Hex: Sha256Hex): FindSidecar {
  return (namespace, name, isPromised = false) => {
    const key = `${namespace}/${name}`;
    const isServing = (): boolean =>
      resources.all('AIGatewayRoute').some((route) => attachedGateways(resources, route).includes(key));
    if (!isPromised && !isServing()) return undefined;
    const gateway = resources.find('Gateway', namespace, name)?.resource;
    const configName = gateway?.metadata.annotations?.[gatewayConfigAnnotation];
    const config =
      configName === undefined ? undefined : resources.find('GatewayConfig', namespace, configName);
    const overrides = config?.resource.spec.extProc?.kubernetes;
    return {
      configSecret: filterConfigSecretName(namespace, name, sha256Hex),
      ...(overrides !== undefined && { overrides }),
    };
  };
}
