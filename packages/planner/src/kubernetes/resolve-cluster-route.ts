import { backendLabel, gatewayGroup, isInferencePool, namespaceOf } from '@aigw/api-types';
import type { CostSources } from '../resolve/costs.ts';
import { createProblemLog } from '../resolve/problem-log.ts';
import { describeMissingGrant, isReferenceAllowed } from '../resolve/reference-grants.ts';
import { type BackendRefPlace, labelOf, resolveBackend } from '../resolve/resolve-backend.ts';
import { regexProblem, resolveRoute, unusable } from '../resolve/resolve-route.ts';
import type { ResolvedBackend, ResolvedRoute, ResolvedRule } from '../resolve/resolved-route.ts';
import type { Located, ResourceSet } from '../resolve/resource-set.ts';
import { boundedName, type Sha256Hex } from './names.ts';
import { isServerAccepted } from './server-acceptance.ts';

export interface ClusterSources extends CostSources {
  readonly set: ResourceSet;
  readonly sha256Hex: Sha256Hex;
}

/** What an HTTPRoute refers to in place of an AIServiceBackend. */
export interface RouteTarget {
  readonly group: string;
  readonly kind: 'Backend' | 'Service';
  readonly namespace: string;
  readonly name: string;
  readonly port?: number;
}

/** The name of the Backend that is made for an AIServiceBackend whose Service is an ExternalName. */
export function externalBackendName(aiServiceBackend: string, sha256Hex: Sha256Hex): string {
  return boundedName('ai-eg-service', aiServiceBackend, sha256Hex);
}

/** What Envoy Gateway is told to send to. */
export function routeTarget(
  { set, sha256Hex }: Pick<ClusterSources, 'set' | 'sha256Hex'>,
  owner: Located<'AIServiceBackend'>,
): RouteTarget {
  const { backendRef } = owner.resource.spec;
  const own = namespaceOf(owner.resource);
  const namespace = backendRef.namespace ?? own;
  if (backendRef.kind !== 'Service') {
    return { group: 'gateway.envoyproxy.io', kind: 'Backend', namespace, name: backendRef.name };
  }
  const service = set.find('Service', namespace, backendRef.name)?.resource.spec;
  if (service?.type === 'ExternalName') {
    const name = externalBackendName(owner.resource.metadata.name, sha256Hex);
    return { group: 'gateway.envoyproxy.io', kind: 'Backend', namespace: own, name };
  }
  const port = backendRef.port ?? service?.ports?.[0]?.port;
  return {
    group: '',
    kind: 'Service',
    namespace,
    name: backendRef.name,
    ...(port !== undefined && { port }),
  };
}

/** Envoy Gateway asks for a grant of its own, for the HTTPRoute. */
function isTargetAllowed(
  sources: ClusterSources,
  route: Located<'AIGatewayRoute'>,
  rule: number,
  backend: ResolvedBackend,
): boolean {
  const { set, log } = sources;
  const from = { group: gatewayGroup, kind: 'HTTPRoute', namespace: namespaceOf(route.resource) };
  const to = routeTarget(sources, backend.owner);
  if (isReferenceAllowed(set, from, to)) return true;
  const path = `spec.rules[${rule}].backendRefs[${backend.index}]`;
  log.error(route, path, describeMissingGrant(from, to), 'RefNotPermitted');
  return false;
}

const isValidMatch = ({ headers = [] }: ResolvedRule['matches'][number]): boolean =>
  headers.every(({ type, value }) => type !== 'RegularExpression' || regexProblem(value) === undefined);

function restrict(
  sources: ClusterSources,
  route: Located<'AIGatewayRoute'>,
  rule: ResolvedRule,
): ResolvedRule[] {
  const matches = rule.matches.filter(isValidMatch);
  // Without any match left it would take every request.
  if (matches.length === 0 && rule.matches.length > 0) return [];
  const backends = rule.backends.filter(
    (backend) =>
      isTargetAllowed(sources, route, rule.index, backend) && isServerAccepted(sources, backend.owner),
  );
  return [
    { ...rule, matches, backends, ...(backends.length === 0 && { refusal: rule.refusal ?? unusable }) },
  ];
}

/** A route with what its rules refer to, as far as Envoy Gateway will follow it. */
export function resolveClusterRoute(
  sources: ClusterSources,
  route: Located<'AIGatewayRoute'>,
): ResolvedRoute {
  const resolved = resolveRoute(sources, route);
  return { ...resolved, rules: resolved.rules.flatMap((rule) => restrict(sources, route, rule)) };
}

/** Of these backends of the data plane, those that the route still names and that a missing ReferenceGrant keeps from it. */
export function findUnpermitted(
  sources: Omit<ClusterSources, 'log'>,
  route: Located<'AIGatewayRoute'>,
  names: ReadonlySet<string>,
): string[] {
  return route.resource.spec.rules.flatMap(({ backendRefs = [] }, rule) =>
    backendRefs.flatMap((ref, index) => {
      const place: BackendRefPlace = { route, rule, index, models: [] };
      const label = labelOf(place, ref.name);
      const found = [...names].filter((name) => backendLabel(name) === label);
      if (isInferencePool(ref) || found.length === 0) return [];
      const log = createProblemLog();
      const backend = resolveBackend({ ...sources, log }, ref, place);
      if (typeof backend === 'object') isTargetAllowed({ ...sources, log }, route, rule, backend);
      return log.problems.some(({ reason }) => reason === 'RefNotPermitted') ? found : [];
    }),
  );
}
