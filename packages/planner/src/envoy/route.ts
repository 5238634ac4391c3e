import { durationMs, type HTTPHeaderMatch } from '@aigw/api-types';
import type { JsonObject } from '../json.ts';
import type { ResolvedRoute, ResolvedRule } from '../resolve/resolved-route.ts';
import { clusterName, generatedName } from './cluster.ts';
import { extProcFilterName } from './ext-proc.ts';
import { hostNamespace, listenerIdleMs, notFoundRoute, seconds, typed } from './names.ts';
import { retryPolicy, streamIdleMs } from './retry.ts';

/** A host name and the routes that serve it. */
export interface VirtualHost {
  /** `*` for any. */
  readonly domain: string;
  readonly routes: readonly ResolvedRoute[];
}

function headerMatcher({ name, type, value }: HTTPHeaderMatch): JsonObject {
  return {
    name: name.toLowerCase(),
    string_match: type === 'Exact' ? { exact: value } : { safe_regex: { regex: value } },
  };
}

function requestTimeout({ rule, timeouts }: ResolvedRule): string {
  const written = rule.timeouts?.request ?? timeouts?.http?.requestTimeout;
  // A total timeout cuts streams that are well: there is none unless it is asked for.
  return written === undefined ? '0s' : seconds(durationMs(written));
}

function perTry({ rule }: ResolvedRule, retry: JsonObject | undefined): JsonObject | undefined {
  const written = rule.timeouts?.backendRequest;
  return written === undefined ? retry : { ...retry, per_try_timeout: seconds(durationMs(written)) };
}

/** The listener's limit on silence gives way to a rule that allows a longer one; the attempt's own limit comes first. */
function idleTimeout(rule: ResolvedRule): JsonObject {
  const idle = streamIdleMs(rule);
  if (idle === undefined || idle < listenerIdleMs) return {};
  return { idle_timeout: seconds(idle + 10_000) };
}

function action(route: ResolvedRoute, rule: ResolvedRule): JsonObject {
  if (rule.refusal !== undefined) {
    const { status, message } = rule.refusal;
    return { direct_response: { status, body: { inline_string: message } } };
  }
  return {
    route: {
      cluster: clusterName(route, rule),
      cluster_not_found_response_code: 'SERVICE_UNAVAILABLE',
      timeout: requestTimeout(rule),
      auto_host_rewrite: true,
      retry_policy: perTry(rule, retryPolicy(rule)),
      ...idleTimeout(rule),
      ...(rule.timeouts?.http?.maxStreamDuration !== undefined && {
        max_stream_duration: {
          max_stream_duration: seconds(durationMs(rule.timeouts.http.maxStreamDuration)),
        },
      }),
    },
  };
}

interface Candidate {
  readonly route: ResolvedRoute;
  readonly rule: ResolvedRule;
  readonly match: number;
  readonly headers: readonly HTTPHeaderMatch[];
}

function candidates(route: ResolvedRoute): Candidate[] {
  return route.rules.flatMap((rule) => {
    const matches = rule.matches.length === 0 ? [{}] : rule.matches;
    return matches.map((match, index) => ({ route, rule, match: index, headers: match.headers ?? [] }));
  });
}

const compareText = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

/** Gateway API's order: more headers first, then the older route, then its name, then the order within it. */
function precedence(left: Candidate, right: Candidate): number {
  const created = ({ route }: Candidate): string => route.route.resource.metadata.creationTimestamp ?? '';
  return (
    right.headers.length - left.headers.length ||
    compareText(created(left), created(right)) ||
    compareText(left.route.key, right.route.key) ||
    left.rule.index - right.rule.index ||
    left.match - right.match
  );
}

/** What the data plane learns of the route. Attributes are texts. */
function routeMetadata(route: ResolvedRoute, rule: ResolvedRule): JsonObject {
  const idle = streamIdleMs(rule);
  return { aigw_route_name: route.key, ...(idle !== undefined && { aigw_stream_idle_ms: String(idle) }) };
}

function envoyRoute(candidate: Candidate): JsonObject {
  const { route, rule, match, headers } = candidate;
  return {
    name: `${generatedName(route, rule)}/match/${match}`,
    match: { prefix: '/', headers: headers.map(headerMatcher) },
    metadata: { filter_metadata: { [hostNamespace]: routeMetadata(route, rule) } },
    ...action(route, rule),
  };
}

/** Takes what no other route does: the processor runs only where there is a route, and is to read every request. */
const notFound: JsonObject = {
  name: notFoundRoute,
  match: { prefix: '/' },
  // Its presence tells our routes from those of others.
  metadata: { filter_metadata: { [hostNamespace]: {} } },
  direct_response: { status: 404 },
};

/** What Envoy adds about the client is not the provider's to know. */
export const clientHeaders: readonly string[] = [
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-envoy-internal',
  'x-envoy-external-address',
];

/** Routes turn the processor on with it. */
export const processorOn: JsonObject = typed('envoy.config.route.v3.FilterConfig', { config: {} });

/** Routes by host name and headers; a request that none fits is not found, in the client's dialect. */
export function routeConfiguration(name: string, virtualHosts: readonly VirtualHost[]): JsonObject {
  return {
    name,
    typed_per_filter_config: {
      [extProcFilterName]: processorOn,
    },
    ignore_port_in_host_matching: true,
    request_headers_to_remove: clientHeaders,
    virtual_hosts: virtualHosts.map(({ domain, routes }) => ({
      name: `${name}/${domain}`,
      domains: [domain],
      routes: [...routes.flatMap(candidates).sort(precedence).map(envoyRoute), notFound],
    })),
  };
}
