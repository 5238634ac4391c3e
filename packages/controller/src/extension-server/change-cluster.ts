import {
  type Cluster,
  create,
  HttpFilterSchema,
  type HttpProtocolOptions,
  HttpProtocolOptionsSchema,
  type Metadata,
  MetadataSchema,
} from '@aigw/envoy-proto/xds';
import { backendLabel } from '@aigw/api-types';
import { planBackendFilters, type StampedRule } from '@aigw/planner';
import type { GatewayMessages } from './gateway-messages.ts';
import { parseGeneratedName, readGeneratedFrom } from './generated-from.ts';
import { addForwardProxy, chooseProxy, hasTransportSocket } from './add-forward-proxy.ts';
import { matchBackends, type MatchedLocality } from './match-backends.ts';
import { fromPlan, pack, unpack } from './messages.ts';

const optionsKey = HttpProtocolOptionsSchema.typeName;

/** Metadata with more of one namespace. */
export function addMetadata(
  metadata: Metadata | undefined,
  namespace: string,
  values: Readonly<Record<string, string>>,
): Metadata {
  const target = metadata ?? create(MetadataSchema);
  target.filterMetadata[namespace] = { ...target.filterMetadata[namespace], ...values };
  return target;
}

function stampLocality({ locality, backend, endpoints }: MatchedLocality, namespace: string): void {
  locality.priority = backend.priority;
  // What would be refused takes no requests while others can.
  locality.lbEndpoints = endpoints.map(({ endpoint }) => endpoint);
  for (const { endpoint, host, address, hostname } of endpoints) {
    endpoint.metadata = addMetadata(endpoint.metadata, namespace, {
      per_route_rule_backend_name: backend.id,
      // Where it really leads, not what the stamp says: the data plane compares it with its own configuration.
      upstream_address: address,
      ...(hostname !== undefined && { upstream_host: hostname }),
    });
    if (endpoint.hostIdentifier.case === 'endpoint') endpoint.hostIdentifier.value.hostname = host;
  }
}

/** Why a cluster was not stamped, or not all of it. */
export interface ClusterProblem {
  readonly reason: string;
  /** Nothing of it was stamped, and that will pass: what was served before may go on. */
  readonly isPassing: boolean;
}

const lasting = (reason: string): ClusterProblem => ({ reason, isPassing: false });

/** The rule that a cluster was made of, and where that has it; or why there is none. */
function findRule(cluster: Cluster): { rule: StampedRule; only: number | undefined } | string {
  const from = readGeneratedFrom(cluster.metadata);
  const name = parseGeneratedName(cluster.name);
  if (from?.stamp === undefined || name === undefined) return 'its HTTPRoute has no stamp that can be read';
  if (name.namespace !== from.namespace || name.name !== from.name) {
    return `it names another route than HTTPRoute ${from.namespace}/${from.name}`;
  }
  const rule = from.stamp.rules[name.rule];
  if (rule === undefined || rule.backends.length === 0) {
    return `its HTTPRoute has no backends for rule ${name.rule}`;
  }
  const foreign = rule.backends.find(
    ({ id }) => !id.startsWith(`${from.namespace}/`) || !id.includes(`/route/${from.name}/rule/`),
  );
  if (foreign !== undefined) return `${backendLabel(foreign.id)} belongs to another route`;
  return { rule, only: name.backend };
}

/** Says in the metadata of its endpoints which backend each is, or returns why not. */
function stampBackends(cluster: Cluster, { parts }: GatewayMessages): ClusterProblem | undefined {
  const found = findRule(cluster);
  if (typeof found === 'string') return lasting(found);
  const match = matchBackends(cluster, found.rule, found.only);
  const { hostNamespace } = parts;
  if (match.kind === 'mismatch') return match;
  if (match.kind === 'cluster') {
    const { id, addresses } = match.backend;
    cluster.metadata = addMetadata(cluster.metadata, hostNamespace, {
      per_route_rule_backend_name: id,
      ...(addresses !== undefined && { upstream_address: addresses.join(',') }),
    });
    return undefined;
  }
  match.localities.forEach((locality) => stampLocality(locality, hostNamespace));
  return match.strays.length === 0 ? undefined : lasting(match.strays.join('; '));
}

/** Ours, which show the processor what other filters say of a request's credentials where a policy asks for that. */
function filtersFor(
  cluster: Cluster,
  { upstreamFilters }: GatewayMessages,
): GatewayMessages['upstreamFilters'] {
  const rule = parseGeneratedName(cluster.name)?.rule ?? -1;
  const namespaces = readGeneratedFrom(cluster.metadata)?.stamp?.rules[rule]?.credentialNamespaces;
  if (namespaces === undefined) return upstreamFilters;
  return planBackendFilters(namespaces).map((filter) => fromPlan(HttpFilterSchema, filter));
}

function addFilters(
  options: HttpProtocolOptions,
  filterName: string,
  ours: GatewayMessages['upstreamFilters'],
): void {
  if (options.httpFilters.some(({ name }) => name === filterName)) return;
  // Filters of others run before ours, which sign; the codec comes last and is among ours.
  const others = options.httpFilters.filter(({ name }) => name !== ours.at(-1)?.name);
  options.httpFilters = [...others, ...ours];
}

function setOptions(cluster: Cluster, messages: GatewayMessages): void {
  const { backendOptions } = messages;
  const written = unpack(HttpProtocolOptionsSchema, cluster.typedExtensionProtocolOptions[optionsKey]);
  const options = written ?? create(HttpProtocolOptionsSchema, {});
  if (options.upstreamProtocolOptions.case === undefined) {
    options.upstreamProtocolOptions = backendOptions.upstreamProtocolOptions;
  }
  const { commonHttpProtocolOptions: own } = backendOptions;
  options.commonHttpProtocolOptions ??= own;
  if (options.commonHttpProtocolOptions !== own && own?.idleTimeout !== undefined) {
    const common = options.commonHttpProtocolOptions;
    if (common !== undefined) common.idleTimeout ??= own.idleTimeout;
  }
  addFilters(options, messages.parts.filterName, filtersFor(cluster, messages));
  cluster.typedExtensionProtocolOptions[optionsKey] = pack(HttpProtocolOptionsSchema, options);
}

/** Limits that nobody set are Envoy's own, made for short requests. */
function raiseLimits(cluster: Cluster, { parts, circuitBreakers }: GatewayMessages): void {
  cluster.perConnectionBufferLimitBytes = Math.max(
    cluster.perConnectionBufferLimitBytes ?? 0,
    parts.bufferBytes,
  );
  const isSet = (cluster.circuitBreakers?.thresholds ?? []).some(
    ({ maxConnections, maxRequests, maxPendingRequests }) =>
      maxConnections !== undefined || maxRequests !== undefined || maxPendingRequests !== undefined,
  );
  if (!isSet) cluster.circuitBreakers = circuitBreakers;
}

/**
 * Makes a cluster of one of our HTTPRoutes translate and sign; others are left as they are. When its endpoints are not
 * those that the stamp speaks of, they get no backend: the processor then refuses every attempt, so that neither a key
 * nor a request that nobody translated goes out.
 * @param gatewaysOf The Gateways that the translation has an HTTPRoute behind.
 * @returns why it was not stamped
 */
export function changeCluster(
  cluster: Cluster,
  messages: GatewayMessages,
  gatewaysOf: (route: string) => ReadonlySet<string>,
): ClusterProblem | undefined {
  const from = readGeneratedFrom(cluster.metadata);
  if (from === undefined) return undefined;
  const chosen = chooseProxy(from.stamp, gatewaysOf(`${from.namespace}/${from.name}`));
  const isEncrypted = hasTransportSocket(cluster);
  // Backends come last: whatever fails before them leaves a cluster whose requests the processor refuses.
  setOptions(cluster, messages);
  raiseLimits(cluster, messages);
  if (chosen.kind === 'refused' && isEncrypted) return lasting(chosen.reason);
  if (chosen.kind === 'proxy') addForwardProxy(cluster, chosen.proxy);
  return stampBackends(cluster, messages);
}
