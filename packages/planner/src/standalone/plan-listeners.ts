import { type ClientTrafficPolicy, namespaceOf, quantityBytes } from '@aigw/api-types';
import { defaultBufferBytes } from '../envoy/names.ts';
import type { VirtualHost } from '../envoy/route.ts';
import { groupBy } from '../group-by.ts';
import type { Attachment, ResolvedGateway, ResolvedListener } from '../resolve/resolve-gateways.ts';
import type { ResourceSet } from '../resolve/resource-set.ts';
import type { PlannedListener, StandaloneOptions } from './standalone-plan.ts';

/** One bound port with all that is served there: on one machine, Gateways share ports. */
export interface PortPlan {
  readonly name: string;
  readonly port: number;
  readonly bufferBytes: number;
  readonly virtualHosts: readonly VirtualHost[];
}

export interface ListenerPlan {
  readonly listeners: readonly PlannedListener[];
  readonly ports: readonly PortPlan[];
}

interface Bound {
  readonly gateway: ResolvedGateway;
  readonly listener: ResolvedListener;
  readonly port: number;
}

function bindAll(gateways: readonly ResolvedGateway[], options: StandaloneOptions): Bound[] {
  const all = gateways.flatMap((gateway) => gateway.listeners.map((listener) => ({ gateway, listener })));
  const first = all[0]?.listener;
  return all.map(({ gateway, listener }) => ({
    gateway,
    listener,
    port: listener === first && options.port !== undefined ? options.port : options.bindPort(listener.port),
  }));
}

function isTarget({ resource }: { resource: ClientTrafficPolicy }, { gateway, listener }: Bound): boolean {
  const { targetRef, targetRefs = [] } = resource.spec;
  if (namespaceOf(resource) !== gateway.namespace) return false;
  return [...(targetRef === undefined ? [] : [targetRef]), ...targetRefs].some(
    ({ kind, name, sectionName }) =>
      kind === 'Gateway' && name === gateway.name && (sectionName ?? listener.name) === listener.name,
  );
}

function bufferBytes(set: ResourceSet, group: readonly Bound[]): number {
  const limits = set
    .all('ClientTrafficPolicy')
    .filter((policy) => group.some((bound) => isTarget(policy, bound)))
    .flatMap(({ resource }) => resource.spec.connection?.bufferLimit ?? [])
    .map(quantityBytes);
  return limits.length === 0 ? defaultBufferBytes : Math.min(Math.max(...limits), 2 ** 32 - 1);
}

function virtualHosts(attachments: readonly Attachment[]): VirtualHost[] {
  const pairs = attachments.flatMap(({ route, domains }) => domains.map((domain) => ({ route, domain })));
  const byDomain = groupBy(pairs, ({ domain }) => domain);
  // A host without routes answers too: that nothing serves the model, in the client's dialect.
  if (!byDomain.has('*')) byDomain.set('*', []);
  return [...byDomain].map(([domain, members]) => ({
    domain,
    routes: [...new Set(members.map(({ route }) => route))],
  }));
}

/** Which ports are bound and what each of them serves. */
export function planListeners(
  set: ResourceSet,
  gateways: readonly ResolvedGateway[],
  options: StandaloneOptions,
): ListenerPlan {
  const bound = bindAll(gateways, options);
  const byPort = groupBy(bound, ({ port }) => port);
  return {
    listeners: bound.map(({ gateway, listener, port }) => ({
      name: listener.name,
      gateway: `${gateway.namespace}/${gateway.name}`,
      address: options.host,
      port,
      requestedPort: listener.port,
    })),
    ports: [...byPort].map(([port, group]) => ({
      name: `http-${port}`,
      port,
      bufferBytes: bufferBytes(set, group),
      virtualHosts: virtualHosts(group.flatMap(({ listener }) => listener.attachments)),
    })),
  };
}
