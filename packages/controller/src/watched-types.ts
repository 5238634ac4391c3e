import type { KubeObject } from './kube/kube-object.ts';
import { type ResourceType, resourceTypes, type WatchedType } from './kube/resource-types.ts';

/** What Envoy Gateway labels the proxies with that it runs. */
const proxySelector = 'app.kubernetes.io/managed-by=envoy-gateway,app.kubernetes.io/component=proxy';

/** Tokens and Helm's archives are many, large, and nobody's credentials for a model. */
const credentialSecrets = [
  'kubernetes.io/service-account-token',
  'helm.sh/release.v1',
  'bootstrap.kubernetes.io/token',
]
  .map((type) => `type!=${type}`)
  .join(',');

/** The object without some of its fields. */
const without =
  (...fields: readonly string[]) =>
  (object: KubeObject): KubeObject => {
    const kept = Object.entries(object).filter(([field]) => !fields.includes(field));
    // What tells objects apart is never among the fields that go.
    return Object.fromEntries(kept) as unknown as KubeObject;
  };

/** Only certificates are read. */
function trimConfigMap(object: KubeObject): KubeObject {
  const data = Object(object['data']) as Record<string, string>;
  const certificate = data['ca.crt'];
  return {
    ...without('data', 'binaryData')(object),
    data: certificate === undefined ? {} : { 'ca.crt': certificate },
  };
}

const container = ({ name }: { readonly name: string }): { readonly name: string } => ({ name });

/** Only the names of containers are read. */
function trimPod(object: KubeObject): KubeObject {
  const { containers = [], initContainers = [] } = Object(object['spec']) as {
    containers?: readonly { name: string }[];
    initContainers?: readonly { name: string }[];
  };
  const spec = { containers: containers.map(container), initContainers: initContainers.map(container) };
  return { ...without('spec', 'status')(object), spec };
}

/** Only the annotations of the template are read. */
function trimWorkload(object: KubeObject): KubeObject {
  const { template } = Object(object['spec']) as { template?: { metadata?: unknown } };
  return { ...without('spec', 'status')(object), spec: { template: { metadata: template?.metadata } } };
}

const whole = (type: ResourceType): WatchedType => type;
const stateless = (type: ResourceType): WatchedType => ({ ...type, trim: without('status') });

const proxies: readonly WatchedType[] = [
  { ...resourceTypes.Pod, labelSelector: proxySelector, trim: trimPod },
  { ...resourceTypes.Deployment, labelSelector: proxySelector, trim: trimWorkload },
  { ...resourceTypes.DaemonSet, labelSelector: proxySelector, trim: trimWorkload },
];

const others: readonly WatchedType[] = [
  whole(resourceTypes.AIGatewayRoute),
  whole(resourceTypes.AIServiceBackend),
  whole(resourceTypes.BackendSecurityPolicy),
  whole(resourceTypes.GatewayConfig),
  { ...resourceTypes.MCPRoute, isOptional: true },
  { ...resourceTypes.QuotaPolicy, isOptional: true },
  stateless(resourceTypes.Gateway),
  whole(resourceTypes.HTTPRoute),
  stateless(resourceTypes.BackendTLSPolicy),
  whole(resourceTypes.ReferenceGrant),
  stateless(resourceTypes.Backend),
  stateless(resourceTypes.BackendTrafficPolicy),
  stateless(resourceTypes.HTTPRouteFilter),
  { ...resourceTypes.Secret, fieldSelector: credentialSecrets },
  { ...resourceTypes.ConfigMap, trim: trimConfigMap },
  stateless(resourceTypes.Service),
  { ...resourceTypes.Namespace, trim: without('spec', 'status') },
];

/**
 * Everything that is watched, and as little of it as is read.
 * @param proxyNamespace - where all proxies are; absent: anywhere
 */
export function watchedTypes(proxyNamespace?: string): readonly WatchedType[] {
  const scope = proxyNamespace === undefined ? {} : { namespace: proxyNamespace };
  return [...others, ...proxies.map((type) => ({ ...type, ...scope }))];
}
