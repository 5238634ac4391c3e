import { type GatewayListener, gatewayGroup, namespaceOf, type ParentReference } from '@aigw/api-types';
import { groupBy } from '../group-by.ts';
import { allowsNamespace, isNamed, isSelected, namespaceLabels } from './allowed-routes.ts';
import type { ProblemLog } from './problem-log.ts';
import type { ResolvedRoute } from './resolved-route.ts';
import { keyOf, type Located, type ResourceSet } from './resource-set.ts';

/** The port of a Gateway that routes name and nobody defines. */
export const impliedPort = 1975;

/** A host name of a listener and the routes that serve it there. */
export interface Attachment {
  readonly route: ResolvedRoute;
  /** `*` for any. */
  readonly domains: readonly string[];
}

export interface ResolvedListener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly attachments: readonly Attachment[];
}

export interface ResolvedGateway {
  readonly namespace: string;
  readonly name: string;
  /** Absent for an implied one. */
  readonly gateway?: Located<'Gateway'>;
  readonly listeners: readonly ResolvedListener[];
}

interface Sources {
  readonly set: ResourceSet;
  readonly log: ProblemLog;
}

interface Parent {
  readonly route: ResolvedRoute;
  readonly ref: ParentReference;
  readonly path: string;
  readonly namespace: string;
}

function parentsOf(route: ResolvedRoute): Parent[] {
  const { resource } = route.route;
  return (resource.spec.parentRefs ?? []).flatMap((ref, index) => {
    if (ref.group !== gatewayGroup) return [];
    return [
      { route, ref, path: `spec.parentRefs[${index}]`, namespace: ref.namespace ?? namespaceOf(resource) },
    ];
  });
}

const isUnder = (name: string, wildcard: string): boolean =>
  wildcard.startsWith('*.') && name.endsWith(wildcard.slice(1));

/** The host names that a listener and a route share. */
export function sharedDomains(listener: string | undefined, route: readonly string[] | undefined): string[] {
  if (route === undefined || route.length === 0) return [listener ?? '*'];
  if (listener === undefined) return [...route];
  return route.flatMap((name) => {
    if (name === listener || isUnder(name, listener)) return [name];
    return isUnder(listener, name) ? [listener] : [];
  });
}

/** Files seldom have their Namespaces: a selector that cannot be looked up keeps nobody out. */
function isNamespaceAllowed(
  set: ResourceSet,
  gateway: Located<'Gateway'>,
  listener: GatewayListener,
  namespace: string,
): boolean {
  const labels = namespaceLabels(set, namespace);
  return allowsNamespace(
    gateway,
    listener,
    namespace,
    (selector) => labels === undefined || isSelected(selector, labels),
  );
}

function attach(
  set: ResourceSet,
  gateway: Located<'Gateway'>,
  listener: GatewayListener,
  parents: readonly Parent[],
): Attachment[] {
  return parents.flatMap(({ route, ref }): Attachment[] => {
    const { resource } = route.route;
    if (!isNamed(ref, listener) || !isNamespaceAllowed(set, gateway, listener, namespaceOf(resource)))
      return [];
    const domains = sharedDomains(listener.hostname, resource.spec.hostnames);
    return domains.length === 0 ? [] : [{ route, domains }];
  });
}

function definedGateway(
  sources: Sources,
  gateway: Located<'Gateway'>,
  parents: readonly Parent[],
): ResolvedGateway {
  const { set, log } = sources;
  const { resource } = gateway;
  const listeners = resource.spec.listeners.flatMap((listener, index): ResolvedListener[] => {
    if (listener.protocol !== 'HTTP') {
      const message = `${listener.protocol} listeners are not served standalone; put TLS in front of an HTTP listener`;
      log.warn(gateway, `spec.listeners[${index}].protocol`, message);
      return [];
    }
    const { name, port, protocol } = listener;
    return [{ name, port, protocol, attachments: attach(set, gateway, listener, parents) }];
  });
  const attached = new Set(listeners.flatMap(({ attachments }) => attachments.map(({ route }) => route)));
  for (const { route, path } of parents) {
    if (attached.has(route)) continue;
    const message = `no listener of Gateway ${keyOf(resource)} takes this route: check sectionName, port, hostnames and allowedRoutes`;
    log.warn(route.route, path, message);
  }
  return { namespace: namespaceOf(resource), name: resource.metadata.name, gateway, listeners };
}

function impliedGateway(namespace: string, name: string, parents: readonly Parent[]): ResolvedGateway {
  const attachments = parents.map(({ route }) => ({
    route,
    domains: sharedDomains(undefined, route.route.resource.spec.hostnames),
  }));
  return { namespace, name, listeners: [{ name: 'http', port: impliedPort, protocol: 'HTTP', attachments }] };
}

/** Every Gateway with the routes that its listeners serve; those that only routes name are implied. */
export function resolveGateways(sources: Sources, routes: readonly ResolvedRoute[]): ResolvedGateway[] {
  const { set, log } = sources;
  const parents = routes.flatMap(parentsOf);
  for (const { route, key } of routes) {
    if ((route.resource.spec.parentRefs ?? []).length > 0) continue;
    log.warn(route, 'spec.parentRefs', `expected a Gateway: nothing serves the route ${key}`);
  }
  const byGateway = groupBy(parents, ({ namespace, ref }) => `${namespace}/${ref.name}`);
  const defined = set
    .all('Gateway')
    .map((gateway) => definedGateway(sources, gateway, byGateway.get(keyOf(gateway.resource)) ?? []));
  const implied = [...byGateway.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || set.find('Gateway', first.namespace, first.ref.name) !== undefined) return [];
    return [impliedGateway(first.namespace, first.ref.name, group)];
  });
  return [...defined, ...implied];
}
