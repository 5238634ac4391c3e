import { gatewayConfigAnnotation, namespaceOf } from '@aigw/api-types';
import type { ResourceEntry } from '../problem.ts';
import type { ProblemLog } from '../resolve/problem-log.ts';
import type { ResolvedRoute } from '../resolve/resolved-route.ts';
import { describeMissing, keyOf, type ResourceSet } from '../resolve/resource-set.ts';

interface Sources {
  readonly set: ResourceSet;
  readonly log: ProblemLog;
}

function reportBackends({ set, log }: Sources): void {
  const used = new Set(
    set
      .all('AIGatewayRoute')
      .flatMap(({ resource }) =>
        resource.spec.rules.flatMap(({ backendRefs = [] }) =>
          backendRefs.map((ref) => `${ref.namespace ?? namespaceOf(resource)}/${ref.name}`),
        ),
      ),
  );
  for (const backend of set.all('AIServiceBackend')) {
    if (!used.has(keyOf(backend.resource))) log.warn(backend, '', 'no route refers to it');
  }
}

function reportPolicies({ set, log }: Sources): void {
  for (const policy of set.all('BackendSecurityPolicy')) {
    const { targetRefs = [] } = policy.resource.spec;
    if (targetRefs.length === 0) log.warn(policy, 'spec.targetRefs', 'targets nothing');
    targetRefs.forEach(({ kind, name }, index) => {
      const namespace = namespaceOf(policy.resource);
      const path = `spec.targetRefs[${index}]`;
      if (kind !== 'AIServiceBackend') {
        log.warn(policy, `${path}.kind`, `NotAccepted: ${kind} is not supported`);
      } else if (set.find('AIServiceBackend', namespace, name) === undefined) {
        log.error(policy, `${path}.name`, describeMissing(set, 'AIServiceBackend', namespace, name));
      }
    });
  }
}

function reportTlsPolicies({ set, log }: Sources): void {
  for (const policy of set.all('BackendTLSPolicy')) {
    policy.resource.spec.targetRefs.forEach(({ kind, name }, index) => {
      if (kind !== 'Backend' && kind !== 'Service') return;
      const namespace = namespaceOf(policy.resource);
      if (set.find(kind, namespace, name) !== undefined) return;
      const message = describeMissing(set, kind, namespace, name);
      log.warn(policy, `spec.targetRefs[${index}].name`, message);
    });
  }
}

/** The fields of policies that are read; others of the same policy have no effect here. */
const readFields: Readonly<Record<string, readonly string[]>> = {
  ClientTrafficPolicy: ['targetRef', 'targetRefs', 'connection'],
  BackendTrafficPolicy: ['targetRef', 'targetRefs', 'retry', 'timeout'],
};

function reportTrafficPolicies({ set, log }: Sources): void {
  for (const policy of [...set.all('ClientTrafficPolicy'), ...set.all('BackendTrafficPolicy')]) {
    const read = readFields[policy.resource.kind] ?? [];
    for (const field of Object.keys(policy.resource.spec).filter((name) => !read.includes(name))) {
      log.warn(policy, `spec.${field}`, 'has no effect standalone');
    }
  }
}

function reportGatewayConfigs({ set, log }: Sources): void {
  for (const gateway of set.all('Gateway')) {
    const name = gateway.resource.metadata.annotations?.[gatewayConfigAnnotation];
    const namespace = namespaceOf(gateway.resource);
    if (name === undefined || set.find('GatewayConfig', namespace, name) !== undefined) continue;
    const path = `metadata.annotations["${gatewayConfigAnnotation}"]`;
    log.error(gateway, path, describeMissing(set, 'GatewayConfig', namespace, name));
  }
  for (const config of set.all('GatewayConfig')) {
    if (config.resource.spec.forwardProxy === undefined) continue;
    log.warn(config, 'spec.forwardProxy', 'has no effect standalone');
  }
}

function reportIgnored(entries: readonly ResourceEntry[], { log }: Sources): void {
  for (const entry of entries) {
    const { kind } = entry.resource;
    if (kind === 'HTTPRoute') log.warn(entry, 'kind', 'HTTPRoutes are not served standalone');
    if (kind === 'MCPRoute' || kind === 'QuotaPolicy')
      log.warn(entry, 'kind', `NotAccepted: ${kind} is not supported`);
  }
}

/** Names what has no effect, so that nothing is silently left out. */
export function reportUnused(
  sources: Sources,
  entries: readonly ResourceEntry[],
  routes: readonly ResolvedRoute[],
): void {
  reportBackends(sources);
  reportPolicies(sources);
  reportTlsPolicies(sources);
  reportTrafficPolicies(sources);
  reportGatewayConfigs(sources);
  reportIgnored(entries, sources);
  for (const { route } of routes) {
    if (route.resource.spec.rules.length === 0)
      sources.log.warn(route, 'spec.rules', 'the route has no rules');
  }
}
