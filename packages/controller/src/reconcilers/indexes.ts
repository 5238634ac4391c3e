import { gatewayConfigAnnotation, namespaceOf, type Resource } from '@aigw/api-types';
import { parentGateways, rotatedSecretName } from '@aigw/planner';
import { sha256Hex } from '@aigw/service-runtime';
import type { KubeObject } from '../kube/kube-object.ts';
import type { Index } from '../manager/store.ts';
import { parsedOf } from './parsed.ts';

type Of<K extends Resource['kind']> = Extract<Resource, { kind: K }>;

/** An index over one kind as the planner reads it. */
function indexOf<K extends Resource['kind']>(kind: K, keys: (resource: Of<K>) => readonly string[]): Index {
  const isKind = (resource: Resource | undefined): resource is Of<K> => resource?.kind === kind;
  return (object: KubeObject) => {
    const { resource } = parsedOf(object);
    return isKind(resource) ? [...new Set(keys(resource))] : [];
  };
}

const inNamespace = (resource: Resource, ref: { name: string; namespace?: string | undefined }): string =>
  `${ref.namespace ?? namespaceOf(resource)}/${ref.name}`;

/** AIGatewayRoutes by the AIServiceBackends that they name. */
export const routesByBackend = indexOf('AIGatewayRoute', (route) =>
  route.spec.rules.flatMap(({ backendRefs = [] }) => backendRefs.map((ref) => inNamespace(route, ref))),
);

/** AIGatewayRoutes by the Gateways that they name. */
export const routesByGateway = indexOf('AIGatewayRoute', (resource) =>
  parentGateways({ resource, source: { file: '', document: 0 } }),
);

/** AIServiceBackends by their server: `Backend namespace/name` or `Service namespace/name`. */
export const backendsByServer = indexOf('AIServiceBackend', (backend) => {
  const { backendRef } = backend.spec;
  return [`${backendRef.kind === 'Service' ? 'Service' : 'Backend'} ${inNamespace(backend, backendRef)}`];
});

/** BackendSecurityPolicies by the AIServiceBackends that they target. */
export const policiesByBackend = indexOf('BackendSecurityPolicy', (policy) =>
  (policy.spec.targetRefs ?? [])
    .filter(({ kind }) => kind === 'AIServiceBackend')
    .map(({ name }) => inNamespace(policy, { name })),
);

/** BackendSecurityPolicies by the Secrets that they read, what is rotated for them included. */
export const policiesBySecret = indexOf('BackendSecurityPolicy', (policy) => {
  const { apiKey, anthropicAPIKey, awsCredentials } = policy.spec;
  const oidc = awsCredentials?.oidcExchangeToken?.oidc;
  return [
    apiKey?.secretRef,
    anthropicAPIKey?.secretRef,
    awsCredentials?.credentialsFile?.secretRef,
    oidc?.clientSecret,
    oidc && { name: rotatedSecretName(policy.metadata.name, sha256Hex) },
  ].flatMap((ref) => (ref === undefined ? [] : [inNamespace(policy, ref)]));
});

/** BackendTLSPolicies by what they apply to: `Kind namespace/name`. */
export const tlsPoliciesByTarget = indexOf('BackendTLSPolicy', (policy) =>
  policy.spec.targetRefs.map(({ kind, name }) => `${kind} ${inNamespace(policy, { name })}`),
);

/** Gateways by their class. */
export const gatewaysByClass = indexOf('Gateway', (gateway) => [gateway.spec.gatewayClassName]);

type AuthorityRefs = readonly { readonly kind: string; readonly name: string }[];

const authoritiesOf = (owner: Resource, refs: AuthorityRefs | null | undefined): string[] =>
  (refs ?? []).map(({ kind, name }) => `${kind} ${inNamespace(owner, { name })}`);

/** BackendTLSPolicies by the authorities that they trust: `ConfigMap namespace/name` or `Secret namespace/name`. */
export const tlsPoliciesByAuthority = indexOf('BackendTLSPolicy', (policy) =>
  authoritiesOf(policy, policy.spec.validation.caCertificateRefs),
);

/** Backends by the authorities that they trust. */
export const backendsByAuthority = indexOf('Backend', (backend) =>
  authoritiesOf(backend, backend.spec.tls?.caCertificateRefs),
);

/** Gateways by the GatewayConfig that they name. */
export const gatewaysByConfig = indexOf('Gateway', (gateway) => {
  const name = gateway.metadata.annotations?.[gatewayConfigAnnotation];
  return name === undefined ? [] : [inNamespace(gateway, { name })];
});
