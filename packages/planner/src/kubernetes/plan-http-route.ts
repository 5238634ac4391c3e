import { namespaceOf } from '@aigw/api-types';
import type { JsonObject } from '../json.ts';
import { type ForwardProxy, resolveForwardProxy } from '../resolve/forward-proxy.ts';
import { createProblemLog } from '../resolve/problem-log.ts';
import type { ResolvedBackend, ResolvedRoute, ResolvedRule } from '../resolve/resolved-route.ts';
import type { ResourceSet } from '../resolve/resource-set.ts';
import { findGatewayConfig, parentGateways } from './gateway-config.ts';
import { type DesiredObject, ownedBy } from './kubernetes-object.ts';
import {
  filterNames,
  generatedAnnotation,
  managedBy,
  managedByLabel,
  type Sha256Hex,
  stampAnnotation,
} from './names.ts';
import { type ClusterSources, routeTarget } from './resolve-cluster-route.ts';
import { encodeRouteStamp, stampRule } from './route-stamp.ts';

const anyPath: JsonObject = { type: 'PathPrefix', value: '/' };

const extension = (name: string): JsonObject => ({
  type: 'ExtensionRef',
  extensionRef: { group: 'gateway.envoyproxy.io', kind: 'HTTPRouteFilter', name },
});

function matchesOf({ matches }: ResolvedRule): JsonObject[] {
  if (matches.length === 0) return [{ path: anyPath }];
  return matches.map(({ headers = [] }) => ({
    path: anyPath,
    ...(headers.length > 0 && {
      headers: headers.map(({ type, name, value }) => ({ type, name, value })),
    }),
  }));
}

/** A total timeout cuts streams that are well: there is none unless it is asked for. */
function timeoutsOf({ rule, timeouts }: ResolvedRule): JsonObject {
  const request = rule.timeouts?.request ?? timeouts?.http?.requestTimeout ?? '0s';
  const backendRequest = rule.timeouts?.backendRequest;
  return { request, ...(backendRequest !== undefined && { backendRequest }) };
}

function backendRef(sources: ClusterSources, route: ResolvedRoute, backend: ResolvedBackend): JsonObject {
  const { group, kind, name, namespace, port } = routeTarget(sources, backend.owner);
  return {
    group,
    kind,
    name,
    ...(namespace !== namespaceOf(route.route.resource) && { namespace }),
    ...(port !== undefined && { port }),
    weight: backend.weight,
  };
}

function planRule(sources: ClusterSources, route: ResolvedRoute, rule: ResolvedRule): JsonObject {
  const { sha256Hex } = sources;
  const { name } = route.route.resource.metadata;
  const common = { ...(rule.rule.name !== undefined && { name: rule.rule.name }), matches: matchesOf(rule) };
  if (rule.refusal !== undefined) {
    return { ...common, filters: [extension(filterNames.refused(name, rule.index, sha256Hex))] };
  }
  return {
    ...common,
    filters: [extension(filterNames.hostRewrite(name, sha256Hex))],
    timeouts: timeoutsOf(rule),
    backendRefs: rule.backends.map((backend) => backendRef(sources, route, backend)),
  };
}

/** Annotations that say something about the AIGatewayRoute itself, or that Envoy Gateway reads as ours. */
const isOwnAnnotation = (name: string): boolean =>
  name.startsWith('kubectl.kubernetes.io/') || name.startsWith('gateway.envoyproxy.io/ai-gateway-');

/** The proxies of the Gateways that the route names; what is wrong with one is said on its GatewayConfig. */
function forwardProxiesOf(set: ResourceSet, { route }: ResolvedRoute): Record<string, ForwardProxy | null> {
  const log = createProblemLog();
  const pairs = parentGateways(route).flatMap((key) => {
    const [namespace = '', name = ''] = key.split('/');
    const gateway = set.find('Gateway', namespace, name);
    const config = gateway && findGatewayConfig(set, gateway);
    const proxy = config && resolveForwardProxy(log, config);
    return proxy === undefined ? [] : [[key, proxy] as const];
  });
  return Object.fromEntries(pairs.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function annotationsOf(set: ResourceSet, route: ResolvedRoute): Record<string, string> {
  const { annotations, uid } = route.route.resource.metadata;
  const written = Object.entries(annotations ?? {});
  const forwardProxies = forwardProxiesOf(set, route);
  const stamp = encodeRouteStamp({
    version: 1,
    route: route.key,
    ...(uid !== undefined && { uid }),
    rules: [...route.rules.map(stampRule), { backends: [] }],
    ...(Object.keys(forwardProxies).length > 0 && { forwardProxies }),
  });
  return {
    ...Object.fromEntries(written.filter(([name]) => !isOwnAnnotation(name))),
    [generatedAnnotation]: 'true',
    [stampAnnotation]: stamp,
  };
}

/**
 * Where requests lead is written in an annotation, which makes no new generation of the HTTPRoute: by this name it does, and
 * what Envoy Gateway says of a generation says which backends it has left.
 */
function lastRuleName({ rules }: ResolvedRoute, sha256Hex: Sha256Hex): string {
  const identities = rules.map(({ backends }) => backends.map(({ identity }) => identity));
  return `route-not-found-${sha256Hex(JSON.stringify(identities)).slice(0, 8)}`;
}

/** The HTTPRoute of an AIGatewayRoute: its rules in their order, and one for what no rule takes. */
export function planHttpRoute(sources: ClusterSources, route: ResolvedRoute): DesiredObject {
  const { resource } = route.route;
  const { name, labels } = resource.metadata;
  const { parentRefs = [], hostnames } = resource.spec;
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name,
      namespace: namespaceOf(resource),
      labels: { ...labels, [managedByLabel]: managedBy },
      annotations: annotationsOf(sources.set, route),
      ...ownedBy(resource),
    },
    spec: {
      parentRefs: parentRefs.map((parent) => ({ ...parent })),
      ...(hostnames !== undefined && { hostnames }),
      rules: [
        ...route.rules.map((rule) => planRule(sources, route, rule)),
        {
          name: lastRuleName(route, sources.sha256Hex),
          matches: [{ path: anyPath }],
          filters: [extension(filterNames.notFound(name, sources.sha256Hex))],
        },
      ],
    },
  };
}
