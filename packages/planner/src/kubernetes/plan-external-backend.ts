import { namespaceOf } from '@aigw/api-types';
import type { JsonObject, JsonValue } from '../json.ts';
import type { Endpoint } from '../resolve/endpoint.ts';
import type { ProblemLog } from '../resolve/problem-log.ts';
import type { Located, ResourceSet } from '../resolve/resource-set.ts';
import { resolveServer } from '../resolve/server.ts';
import { type DesiredObject, ownedBy } from './kubernetes-object.ts';
import { managedBy, managedByLabel, type Sha256Hex } from './names.ts';
import { externalBackendName } from './resolve-cluster-route.ts';

interface Sources {
  readonly set: ResourceSet;
  readonly log: ProblemLog;
  readonly sha256Hex: Sha256Hex;
}

/** What a user wrote for the Service, where the Backend can refer to the same authorities; else the system's. */
function tlsOf(
  { set }: Sources,
  owner: Located<'AIServiceBackend'>,
  { tls }: Endpoint,
): JsonObject | undefined {
  if (tls === undefined) return undefined;
  const own = namespaceOf(owner.resource);
  const { backendRef } = owner.resource.spec;
  const written = set
    .all('BackendTLSPolicy')
    .find(
      ({ resource }) =>
        namespaceOf(resource) === own &&
        (backendRef.namespace ?? own) === own &&
        resource.spec.targetRefs.some(({ kind, name }) => kind === 'Service' && name === backendRef.name),
    );
  const { hostname, caCertificateRefs } = written?.resource.spec.validation ?? { hostname: tls.sni };
  return {
    sni: hostname,
    ...(caCertificateRefs?.length
      ? { caCertificateRefs: caCertificateRefs as unknown as readonly JsonValue[] }
      : { wellKnownCACertificates: 'System' }),
  };
}

/**
 * The Backend in place of an ExternalName Service, which Envoy Gateway does not follow; else none. Its TLS is part of it: with
 * a BackendTLSPolicy there would be moments of one without the other, and keys in plain text.
 */
export function planExternalBackend(sources: Sources, owner: Located<'AIServiceBackend'>): DesiredObject[] {
  const { backendRef } = owner.resource.spec;
  const namespace = namespaceOf(owner.resource);
  if (backendRef.kind !== 'Service') return [];
  const service = sources.set.find('Service', backendRef.namespace ?? namespace, backendRef.name);
  if (service?.resource.spec.type !== 'ExternalName') return [];
  const [endpoint] = resolveServer(sources, owner);
  if (endpoint === undefined || endpoint.address.kind !== 'dns') return [];
  const name = externalBackendName(owner.resource.metadata.name, sources.sha256Hex);
  const metadata = { name, namespace, labels: { [managedByLabel]: managedBy }, ...ownedBy(owner.resource) };
  const { address, port } = endpoint.address;
  const tls = tlsOf(sources, owner, endpoint);
  return [
    {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'Backend',
      metadata,
      spec: { endpoints: [{ fqdn: { hostname: address, port } }], ...(tls !== undefined && { tls }) },
    },
  ];
}
