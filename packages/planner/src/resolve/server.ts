import { type AIServiceBackend, aiGatewayGroup, type BackendEndpoint, namespaceOf } from '@aigw/api-types';
import { resolveTls } from './backend-tls.ts';
import { type Endpoint, type EndpointTls, networkEndpoint } from './endpoint.ts';
import type { ProblemLog } from './problem-log.ts';
import { describeMissingGrant, isReferenceAllowed } from './reference-grants.ts';
import { describeMissing, type Located, type ResourceSet } from './resource-set.ts';

interface Sources {
  readonly set: ResourceSet;
  readonly log: ProblemLog;
}

/** Names that lead back into this machine or the cluster; an ExternalName to them would open what is private. */
export const isPrivateName = (name: string): boolean =>
  name === 'localhost' ||
  /(^|\.)(localhost|svc|local|internal)$/.test(name) ||
  name.includes('.svc.') ||
  /^[0-9.]+$|:/.test(name);

function systemTls(hostname: string): EndpointTls {
  return { sni: hostname, names: [{ type: 'DNS', value: hostname }], trust: { kind: 'system' } };
}

function externalService({ log }: Sources, service: Located<'Service'>, port: number): Endpoint[] {
  const name = service.resource.spec.externalName?.toLowerCase().replace(/\.$/, '');
  if (name === undefined || !name.includes('.') || isPrivateName(name)) {
    log.error(service, 'spec.externalName', 'expected the DNS name of a server outside of the cluster');
    return [];
  }
  return [networkEndpoint({ kind: 'dns', address: name, port }, port === 80 ? undefined : systemTls(name))];
}

function fromService(sources: Sources, service: Located<'Service'>, port: number | undefined): Endpoint[] {
  const { spec, metadata } = service.resource;
  const tls = resolveTls(sources, service);
  const used = port ?? spec.ports?.[0]?.port;
  if (spec.type === 'ExternalName') {
    const [endpoint] = externalService(sources, service, used ?? 443);
    return endpoint === undefined ? [] : [tls === undefined ? endpoint : { ...endpoint, tls }];
  }
  if (used === undefined) {
    sources.log.error(service, 'spec.ports', 'expected at least one port');
    return [];
  }
  return [
    networkEndpoint(
      {
        kind: 'dns',
        address: `${metadata.name}.${namespaceOf(service.resource)}.svc.cluster.local`,
        port: used,
      },
      tls,
    ),
  ];
}

function convertEndpoint(
  { fqdn, ip, unix, hostname }: BackendEndpoint,
  tls: EndpointTls | undefined,
): Endpoint | undefined {
  if (unix !== undefined) {
    return { address: { kind: 'unix', path: unix.path }, host: hostname ?? 'localhost', ...(tls && { tls }) };
  }
  if (fqdn !== undefined)
    return networkEndpoint({ kind: 'dns', address: fqdn.hostname, port: fqdn.port, hostname }, tls);
  return ip && networkEndpoint({ kind: 'ip', ...ip, hostname }, tls);
}

const isPlainHttps = ({ address, tls }: Endpoint): boolean =>
  address.kind !== 'unix' && address.port === 443 && tls === undefined;

function fromBackend(sources: Sources, backend: Located<'Backend'>): Endpoint[] {
  const { endpoints = [], type } = backend.resource.spec;
  if (type === 'DynamicResolver' || endpoints.length === 0) {
    sources.log.error(backend, 'spec.endpoints', 'expected at least one of fqdn, ip or unix');
    return [];
  }
  const tls = resolveTls(sources, backend);
  return endpoints.flatMap((written, index) => {
    const endpoint = convertEndpoint(written, tls);
    if (endpoint !== undefined && isPlainHttps(endpoint)) {
      const message = 'port 443 without a BackendTLSPolicy: requests, keys included, are sent in plain text';
      sources.log.warn(backend, `spec.endpoints[${index}]`, message);
    }
    return endpoint ?? [];
  });
}

/** The addresses of the server behind an AIServiceBackend; problems are reported and give none. */
export function resolveServer(sources: Sources, owner: Located<'AIServiceBackend'>): Endpoint[] {
  const { set, log } = sources;
  const ref: AIServiceBackend['spec']['backendRef'] = owner.resource.spec.backendRef;
  const kind = ref.kind === 'Service' ? 'Service' : 'Backend';
  const own = namespaceOf(owner.resource);
  const namespace = ref.namespace ?? own;
  const from = { group: aiGatewayGroup, kind: 'AIServiceBackend', namespace: own };
  const to = { group: kind === 'Service' ? '' : 'gateway.envoyproxy.io', kind, namespace, name: ref.name };
  if (!isReferenceAllowed(set, from, to)) {
    log.error(owner, 'spec.backendRef.namespace', describeMissingGrant(from, to), 'RefNotPermitted');
    return [];
  }
  const found = set.find(kind, namespace, ref.name);
  if (found === undefined) {
    log.error(
      owner,
      'spec.backendRef.name',
      describeMissing(set, kind, namespace, ref.name),
      'BackendNotFound',
    );
    return [];
  }
  const { resource, source } = found;
  return resource.kind === 'Service'
    ? fromService(sources, { resource, source }, ref.port)
    : fromBackend(sources, { resource, source });
}
