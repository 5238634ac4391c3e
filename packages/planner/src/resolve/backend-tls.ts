import { type Backend, namespaceOf } from '@aigw/api-types';
import type { EndpointTls } from './endpoint.ts';
import type { ProblemLog } from './problem-log.ts';
import { describeMissing, keyOf, type Located, type ResourceSet } from './resource-set.ts';
import { secretText } from './secrets.ts';

type CaRefs = readonly { kind: string; name: string }[];
type BackendTls = NonNullable<Backend['spec']['tls']>;

interface Sources {
  readonly set: ResourceSet;
  readonly log: ProblemLog;
}

function readAuthorities(
  { set, log }: Sources,
  owner: Located<'BackendTLSPolicy' | 'Backend'>,
  refs: CaRefs,
): string {
  const namespace = namespaceOf(owner.resource);
  const path = owner.resource.kind === 'Backend' ? 'spec.tls' : 'spec.validation';
  return refs
    .map(({ kind, name }, index) => {
      const at = `${path}.caCertificateRefs[${index}]`;
      if (kind !== 'ConfigMap' && kind !== 'Secret') {
        log.error(owner, `${at}.kind`, `expected ConfigMap or Secret, got ${kind}`);
        return '';
      }
      const found = set.find(kind, namespace, name);
      if (found === undefined) {
        log.error(owner, `${at}.name`, describeMissing(set, kind, namespace, name), 'CertificateNotFound');
        return '';
      }
      const pem = readCertificate(found);
      if (pem === undefined)
        log.error(owner, at, `${kind} ${namespace}/${name} has no key "ca.crt"`, 'CertificateNotFound');
      return pem ?? '';
    })
    .join('\n');
}

function readCertificate(found: Located<'ConfigMap' | 'Secret'>): string | undefined {
  const { resource, source } = found;
  return resource.kind === 'Secret' ? secretText({ resource, source }, 'ca.crt') : resource.data?.['ca.crt'];
}

function fromPolicy(sources: Sources, policy: Located<'BackendTLSPolicy'>): EndpointTls {
  const { hostname, caCertificateRefs, subjectAltNames } = policy.resource.spec.validation;
  const names = subjectAltNames?.map(({ type, hostname: dns, uri }) =>
    type === 'URI'
      ? ({ type: 'URI', value: uri ?? '' } as const)
      : ({ type: 'DNS', value: dns ?? '' } as const),
  );
  return {
    sni: hostname,
    names: names ?? [{ type: 'DNS', value: hostname }],
    trust: caCertificateRefs?.length
      ? { kind: 'pem', pem: readAuthorities(sources, policy, caCertificateRefs) }
      : { kind: 'system' },
  };
}

function fromBackend(
  sources: Sources,
  backend: Located<'Backend'>,
  tls: BackendTls,
): EndpointTls | undefined {
  const sni = tls.sni ?? backend.resource.spec.endpoints?.find(({ fqdn }) => fqdn)?.fqdn?.hostname;
  if (sni === undefined) {
    sources.log.error(
      backend,
      'spec.tls.sni',
      'expected the name in the certificate: the backend has no host name',
    );
    return undefined;
  }
  const names = [{ type: 'DNS', value: sni } as const];
  if (tls.insecureSkipVerify === true) {
    sources.log.warn(
      backend,
      'spec.tls.insecureSkipVerify',
      'the certificate is not checked: anyone can read the keys',
    );
    return { sni, names: [], trust: { kind: 'none' } };
  }
  const { caCertificateRefs: refs } = tls;
  return {
    sni,
    names,
    trust: refs?.length ? { kind: 'pem', pem: readAuthorities(sources, backend, refs) } : { kind: 'system' },
  };
}

/** How a Backend or a Service is to be spoken to over TLS; `undefined` is plain text. */
export function resolveTls(
  sources: Sources,
  target: Located<'Backend' | 'Service'>,
): EndpointTls | undefined {
  const { resource } = target;
  const group = resource.kind === 'Backend' ? 'gateway.envoyproxy.io' : '';
  const policies = sources.set
    .all('BackendTLSPolicy')
    .filter(
      (policy) =>
        namespaceOf(policy.resource) === namespaceOf(resource) &&
        policy.resource.spec.targetRefs.some(
          (ref) => ref.kind === resource.kind && ref.group === group && ref.name === resource.metadata.name,
        ),
    );
  const [policy, ...others] = policies;
  for (const other of others) {
    sources.log.error(
      other,
      'spec.targetRefs',
      `${resource.kind} ${keyOf(resource)} already has a BackendTLSPolicy`,
      'Conflicted',
    );
  }
  if (policy !== undefined) return fromPolicy(sources, policy);
  if (resource.kind !== 'Backend' || resource.spec.tls === undefined) return undefined;
  return fromBackend(sources, { resource, source: target.source }, resource.spec.tls);
}
