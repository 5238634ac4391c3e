import type { KubeObject } from './kube-object.ts';

/** A kind as the API server serves it. */
export interface ResourceType {
  readonly kind: string;
  /** Such as `gateway.networking.k8s.io/v1`, or `v1`. */
  readonly apiVersion: string;
  readonly plural: string;
}

/** A kind that is watched, and how much of it. */
export interface WatchedType extends ResourceType {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Only one namespace matters, wherever else is watched. */
  readonly namespace?: string;
  /** Nothing is lost when the cluster does not have the kind; every other one is waited for. */
  readonly isOptional?: boolean;
  /** Keeps in memory what is read, and nothing else. */
  readonly trim?: (object: KubeObject) => KubeObject;
}

const type = (kind: string, apiVersion: string, plural: string): ResourceType => ({
  kind,
  apiVersion,
  plural,
});

const ours = 'aigateway.envoyproxy.io/v1beta1';
const gatewayApi = 'gateway.networking.k8s.io/v1';
const envoyGateway = 'gateway.envoyproxy.io/v1alpha1';

/** The kinds that the controller reads or writes. */
export const resourceTypes = {
  AIGatewayRoute: type('AIGatewayRoute', ours, 'aigatewayroutes'),
  AIServiceBackend: type('AIServiceBackend', ours, 'aiservicebackends'),
  BackendSecurityPolicy: type('BackendSecurityPolicy', ours, 'backendsecuritypolicies'),
  GatewayConfig: type('GatewayConfig', ours, 'gatewayconfigs'),
  MCPRoute: type('MCPRoute', ours, 'mcproutes'),
  QuotaPolicy: type('QuotaPolicy', 'aigateway.envoyproxy.io/v1alpha1', 'quotapolicies'),
  Gateway: type('Gateway', gatewayApi, 'gateways'),
  HTTPRoute: type('HTTPRoute', gatewayApi, 'httproutes'),
  BackendTLSPolicy: type('BackendTLSPolicy', gatewayApi, 'backendtlspolicies'),
  ReferenceGrant: type('ReferenceGrant', 'gateway.networking.k8s.io/v1beta1', 'referencegrants'),
  Backend: type('Backend', envoyGateway, 'backends'),
  BackendTrafficPolicy: type('BackendTrafficPolicy', envoyGateway, 'backendtrafficpolicies'),
  HTTPRouteFilter: type('HTTPRouteFilter', envoyGateway, 'httproutefilters'),
  Secret: type('Secret', 'v1', 'secrets'),
  ConfigMap: type('ConfigMap', 'v1', 'configmaps'),
  Service: type('Service', 'v1', 'services'),
  Namespace: type('Namespace', 'v1', 'namespaces'),
  Pod: type('Pod', 'v1', 'pods'),
  Deployment: type('Deployment', 'apps/v1', 'deployments'),
  DaemonSet: type('DaemonSet', 'apps/v1', 'daemonsets'),
  Lease: type('Lease', 'coordination.k8s.io/v1', 'leases'),
} as const satisfies Record<string, ResourceType>;

export type KubeKind = keyof typeof resourceTypes;

const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** The path of a kind's objects, in one namespace or in all. */
export function collectionPath({ apiVersion, plural }: ResourceType, namespace?: string): string {
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${rootOf(apiVersion)}${scope}/${plural}`;
}

/** The path of one object. */
export function objectPath(resourceType: ResourceType, namespace: string, name: string): string {
  return `${collectionPath(resourceType, namespace)}/${encodeURIComponent(name)}`;
}
