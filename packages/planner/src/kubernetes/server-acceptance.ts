import { type BackendEndpoint, namespaceOf } from '@aigw/api-types';
import type { ProblemLog } from '../resolve/problem-log.ts';
import type { Located, ResourceSet } from '../resolve/resource-set.ts';

/** 127.0.0.0/8 and ::1, however they are written. */
const loopback = /^(127\.|::ffff:127\.|(0*:)+0*1$)/i;

/** What Envoy Gateway refuses of an endpoint, by the field. */
function refusalsOf({ hostname, fqdn, ip }: BackendEndpoint): (readonly [path: string, message: string])[] {
  const names = [['hostname', hostname] as const, ['fqdn.hostname', fqdn?.hostname] as const];
  const short = names.filter(([, name]) => name !== undefined && !name.includes('.'));
  return [
    ...short.map(([path]) => [path, 'Envoy Gateway refuses names without a dot'] as const),
    ...(ip !== undefined && loopback.test(ip.address)
      ? [['ip.address', 'Envoy Gateway refuses addresses of the pod itself'] as const]
      : []),
  ];
}

/** False, and reported, for a server that Envoy Gateway does not take, and with it no rule that names it. */
export function isServerAccepted(
  { set, log }: { readonly set: ResourceSet; readonly log: ProblemLog },
  { resource }: Located<'AIServiceBackend'>,
): boolean {
  const { kind, namespace = namespaceOf(resource), name } = resource.spec.backendRef;
  const backend = kind === 'Service' ? undefined : set.find('Backend', namespace, name);
  const refusals = (backend?.resource.spec.endpoints ?? []).flatMap((endpoint, index) =>
    refusalsOf(endpoint).map(([path, message]) => [`spec.endpoints[${index}].${path}`, message] as const),
  );
  for (const [path, message] of refusals) if (backend !== undefined) log.error(backend, path, message);
  return refusals.length === 0;
}
