import type { BackendTimeouts } from '@aigw/api-types';
import { durationMs } from '@aigw/api-types';
import type { JsonObject } from '../json.ts';
import { addressText, type Endpoint, type EndpointTls } from '../resolve/endpoint.ts';
import type { ResolvedBackend, ResolvedRoute, ResolvedRule } from '../resolve/resolved-route.ts';
import { credentialNamespaces } from './credential-namespaces.ts';
import { upstreamFilters } from './ext-proc.ts';
import { defaultBufferBytes, hostNamespace, requestNamespace, seconds, typed } from './names.ts';
import { upstreamTls } from './tls.ts';

/** What Envoy Gateway calls things of a rule. */
export function generatedName(route: ResolvedRoute, rule: ResolvedRule): string {
  return `httproute/${route.key}/rule/${rule.index}`;
}

/** The name of a rule's cluster: Envoy Gateway's, after what the rule matches in place of where it stands. */
export function clusterName(route: ResolvedRoute, rule: ResolvedRule): string {
  return `httproute/${route.key}/rule/${rule.key}`;
}

/** Envoy allows 1024 connections, requests and 3 retries at a time by default: too few for long streams. */
export const circuitBreakers: JsonObject = {
  thresholds: ['DEFAULT', 'HIGH'].map((priority) => ({
    priority,
    max_connections: 65_536,
    max_pending_requests: 65_536,
    max_requests: 65_536,
    max_retries: 65_536,
  })),
};

/** Options of a cluster's HTTP, the upstream filters included. */
export function httpOptions(options: JsonObject): JsonObject {
  const type = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  return { [type]: typed(type, options) };
}

const tlsKey = (tls: EndpointTls): string => JSON.stringify(tls);

/** Numbers the distinct TLS settings of a rule, so that endpoints can name theirs. */
function numberTls(
  backends: readonly ResolvedBackend[],
): ReadonlyMap<string, { name: string; tls: EndpointTls }> {
  const settings = new Map<string, { name: string; tls: EndpointTls }>();
  for (const { tls } of backends.flatMap(({ endpoints }) => endpoints)) {
    if (tls === undefined || settings.has(tlsKey(tls))) continue;
    settings.set(tlsKey(tls), { name: `tls-${settings.size}`, tls });
  }
  return settings;
}

function envoyAddress({ address }: Endpoint): JsonObject {
  if (address.kind === 'unix') return { pipe: { path: address.path } };
  return { socket_address: { address: address.address, port_value: address.port } };
}

function lbEndpoint(backend: ResolvedBackend, endpoint: Endpoint, tlsName: string | undefined): JsonObject {
  return {
    endpoint: { address: envoyAddress(endpoint), hostname: endpoint.host },
    metadata: {
      filter_metadata: {
        [hostNamespace]: {
          per_route_rule_backend_name: backend.identity,
          upstream_address: addressText(endpoint),
          upstream_host: endpoint.hostname,
        },
        ...(tlsName !== undefined && { 'envoy.transport_socket_match': { tls: tlsName } }),
      },
    },
    load_balancing_weight: 1,
  };
}

/** Envoy wants priorities without gaps. */
function compactPriorities(backends: readonly ResolvedBackend[]): ReadonlyMap<number, number> {
  const used = [...new Set(backends.map(({ priority }) => priority))].sort((left, right) => left - right);
  return new Map(used.map((priority, index) => [priority, index]));
}

/** Below the minute after which load balancers of providers close idle connections. */
export const idleConnection = '50s';

const isNamed = ({ address }: Endpoint): boolean => address.kind === 'dns';

function connectTimeout(timeouts: BackendTimeouts | undefined): string {
  return seconds(durationMs(timeouts?.tcp?.connectTimeout ?? '10s'));
}

function protocolOptions({ backends, timeouts }: ResolvedRule): JsonObject {
  const http = timeouts?.http;
  const idle = http?.connectionIdleTimeout;
  const longest = http?.maxConnectionDuration;
  return httpOptions({
    common_http_protocol_options: {
      idle_timeout: seconds(durationMs(idle ?? idleConnection)),
      ...(longest !== undefined && { max_connection_duration: seconds(durationMs(longest)) }),
    },
    explicit_http_config: { http_protocol_options: {} },
    http_filters: upstreamFilters(requestNamespace, credentialNamespaces(backends)),
  });
}

/** Every address of a name is a host of its own. */
const strictDns: JsonObject = {
  name: 'envoy.cluster.dns',
  typed_config: typed('envoy.extensions.clusters.dns.v3.DnsCluster', {
    dns_lookup_family: 'V4_PREFERRED',
    respect_dns_ttl: true,
  }),
};

/**
 * One cluster per rule; its backends are localities, so that weights and priorities are Envoy's and every attempt
 * knows its host. Each endpoint picks its own TLS settings.
 */
export function ruleCluster(route: ResolvedRoute, rule: ResolvedRule, systemCaPath: string): JsonObject {
  const name = clusterName(route, rule);
  const { backends, timeouts } = rule;
  const tls = numberTls(backends);
  const priorities = compactPriorities(backends);
  const endpoints = backends.map((backend) => ({
    locality: { region: `${generatedName(route, rule)}/backend/${backend.index}` },
    priority: priorities.get(backend.priority) ?? 0,
    load_balancing_weight: backend.weight,
    lb_endpoints: backend.endpoints.map((endpoint) =>
      lbEndpoint(backend, endpoint, endpoint.tls && tls.get(tlsKey(endpoint.tls))?.name),
    ),
  }));
  return {
    name,
    ...(backends.some((backend) => backend.endpoints.some(isNamed))
      ? { cluster_type: strictDns }
      : { type: 'STATIC' }),
    connect_timeout: connectTimeout(timeouts),
    per_connection_buffer_limit_bytes: defaultBufferBytes,
    lb_policy: 'LEAST_REQUEST',
    common_lb_config: { locality_weighted_lb_config: {}, healthy_panic_threshold: { value: 0 } },
    circuit_breakers: circuitBreakers,
    typed_extension_protocol_options: protocolOptions(rule),
    ...(tls.size > 0 && {
      transport_socket_matches: [...tls.values()].map((settings) => ({
        name: settings.name,
        match: { tls: settings.name },
        transport_socket: upstreamTls(settings.tls, systemCaPath),
      })),
    }),
    load_assignment: { cluster_name: name, endpoints },
  };
}
