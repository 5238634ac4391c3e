import { type BackendAuth, namespaceOf } from '@aigw/api-types';
import { createProblemLog, describeResource, type ProblemLog } from '../resolve/problem-log.ts';
import { dataPlaneSchema, reportSchema } from '../resolve/resolve-backend.ts';
import { resolveCredentials } from '../resolve/credentials.ts';
import { type Located, type ResourceSet } from '../resolve/resource-set.ts';
import { resolveServer } from '../resolve/server.ts';
import { exactModels } from '../resolve/resolve-route.ts';
import { type PlannedCondition, planConditions } from './conditions.ts';
import type { DesiredObject } from './kubernetes-object.ts';
import type { Sha256Hex } from './names.ts';
import { planExternalBackend } from './plan-external-backend.ts';
import { isServerAccepted } from './server-acceptance.ts';

interface Sources {
  readonly set: ResourceSet;
  readonly log: ProblemLog;
}

/** What routes send to a backend: the models may say a region that the backend itself leaves open. */
function modelsOf(set: ResourceSet, { resource }: Located<'AIServiceBackend'>): string[] {
  const namespace = namespaceOf(resource);
  return set
    .all('AIGatewayRoute')
    .flatMap(({ resource: route }) =>
      route.spec.rules.flatMap((rule) =>
        (rule.backendRefs ?? [])
          .filter(
            (ref) =>
              ref.name === resource.metadata.name && (ref.namespace ?? namespaceOf(route)) === namespace,
          )
          .flatMap(({ modelNameOverride }) => [modelNameOverride ?? '', ...exactModels(rule)]),
      ),
    );
}

/** Looks at all that stands behind a backend, in the light of the routes that use it; gives how requests authenticate. */
export function inspectBackend(
  sources: Sources,
  backend: Located<'AIServiceBackend'>,
): BackendAuth | undefined {
  if (!reportSchema(sources, backend, dataPlaneSchema(backend))) return undefined;
  const endpoints = resolveServer(sources, backend);
  if (endpoints.length > 0) isServerAccepted(sources, backend);
  const hosts = endpoints.flatMap(({ hostname }) => hostname ?? []);
  return resolveCredentials(sources, backend, [...hosts, ...modelsOf(sources.set, backend)]).auth;
}

export interface BackendPlan {
  readonly objects: readonly DesiredObject[];
  readonly conditions: readonly PlannedCondition[];
}

/** What is to be in the cluster for an AIServiceBackend, and its conditions. */
export function planBackend(
  { set, sha256Hex }: { readonly set: ResourceSet; readonly sha256Hex: Sha256Hex },
  backend: Located<'AIServiceBackend'>,
): BackendPlan {
  const log = createProblemLog();
  const self = describeResource(backend);
  const objects = planExternalBackend({ set, log, sha256Hex }, backend);
  inspectBackend({ set, log }, backend);
  const behind = new Set([self, ...dependencies(set, backend).map(describeResource)]);
  const problems = log.problems.filter(({ resource }) => resource !== undefined && behind.has(resource));
  return { objects, conditions: planConditions(self, problems) };
}

/** What a backend leads to: its server, and the policies on both. */
function dependencies(
  set: ResourceSet,
  { resource }: Located<'AIServiceBackend'>,
): Located<'Backend' | 'Service' | 'BackendSecurityPolicy' | 'BackendTLSPolicy'>[] {
  const own = namespaceOf(resource);
  const { backendRef } = resource.spec;
  const kind = backendRef.kind === 'Service' ? 'Service' : 'Backend';
  const server = set.find(kind, backendRef.namespace ?? own, backendRef.name);
  const policies = set
    .all('BackendSecurityPolicy')
    .filter(
      (policy) =>
        namespaceOf(policy.resource) === own &&
        (policy.resource.spec.targetRefs ?? []).some(({ name }) => name === resource.metadata.name),
    );
  const tls = set
    .all('BackendTLSPolicy')
    .filter(({ resource: policy }) =>
      policy.spec.targetRefs.some((ref) => ref.kind === kind && ref.name === backendRef.name),
    );
  return [...(server === undefined ? [] : [server]), ...policies, ...tls];
}

/** The conditions of a BackendSecurityPolicy: what its targets find wrong with it. */
export function planPolicyConditions(
  set: ResourceSet,
  policy: Located<'BackendSecurityPolicy'>,
): PlannedCondition[] {
  const log = createProblemLog();
  const self = describeResource(policy);
  const namespace = namespaceOf(policy.resource);
  const { targetRefs = [] } = policy.resource.spec;
  targetRefs.forEach(({ kind, name }, index) => {
    const path = `spec.targetRefs[${index}]`;
    const target = kind === 'AIServiceBackend' ? set.find('AIServiceBackend', namespace, name) : undefined;
    if (target !== undefined) inspectBackend({ set, log }, target);
    else if (kind === 'AIServiceBackend')
      log.error(
        policy,
        `${path}.name`,
        `AIServiceBackend ${namespace}/${name} does not exist`,
        'BackendNotFound',
      );
    else log.warn(policy, `${path}.kind`, `${kind} is not supported`, 'Unsupported');
  });
  if (targetRefs.length === 0) log.warn(policy, 'spec.targetRefs', 'it targets nothing');
  return planConditions(
    self,
    log.problems.filter(({ resource }) => resource === self),
  );
}
