import {
  type Route,
  type RouteAction,
  RouteAction_ClusterNotFoundResponseCode,
  RetryPolicySchema,
} from '@aigw/envoy-proto/xds';
import type { StampedRule } from '@aigw/planner';
import { addMetadata } from './change-cluster.ts';
import type { GatewayMessages } from './gateway-messages.ts';
import { type GeneratedFrom, parseGeneratedName, readGeneratedFrom } from './generated-from.ts';
import { fromPlan } from './messages.ts';

const milliseconds = (value: number): { seconds: bigint; nanos: number } => ({
  seconds: BigInt(Math.floor(value / 1000)),
  nanos: (value % 1000) * 1_000_000,
});

/** Envoy Gateway's own limit where nobody set one: it cuts long answers, or lets silence last for ever. */
function isDefaultIdle(action: RouteAction): boolean {
  const seconds = action.idleTimeout?.seconds;
  return seconds === undefined || seconds === 0n || seconds === 3600n;
}

function setRetries(action: RouteAction, { retry, streamIdleMs }: StampedRule): void {
  if (action.retryPolicy === undefined && retry !== undefined) {
    action.retryPolicy = fromPlan(RetryPolicySchema, retry);
  }
  if (streamIdleMs === undefined) return;
  action.retryPolicy ??= fromPlan(RetryPolicySchema, {});
  action.retryPolicy.perTryIdleTimeout = {
    $typeName: 'google.protobuf.Duration',
    ...milliseconds(streamIdleMs),
  };
}

function changeAction(
  action: RouteAction,
  rule: StampedRule | undefined,
  { routeAction }: GatewayMessages,
): void {
  action.clusterNotFoundResponseCode = RouteAction_ClusterNotFoundResponseCode.SERVICE_UNAVAILABLE;
  action.appendXForwardedHost = false;
  action.timeout ??= routeAction.timeout;
  if (isDefaultIdle(action)) action.idleTimeout = routeAction.idleTimeout;
  if (rule !== undefined) setRetries(action, rule);
}

function metadataOf(
  { namespace, name, stamp }: GeneratedFrom,
  rule: number | undefined,
): Record<string, string> {
  const idle = rule === undefined ? undefined : stamp?.rules[rule]?.streamIdleMs;
  return {
    aigw_route_name: `${namespace}/${name}`,
    ...(idle !== undefined && { aigw_stream_idle_ms: String(idle) }),
  };
}

/** Sends the requests of one of our routes through the processor; others are left as they are. */
export function changeRoute(route: Route, messages: GatewayMessages): void {
  const from = readGeneratedFrom(route.metadata);
  if (from === undefined) return;
  const { parts, processorOn } = messages;
  const index = parseGeneratedName(route.name)?.rule;
  route.typedPerFilterConfig[parts.filterName] = processorOn;
  route.metadata = addMetadata(route.metadata, parts.hostNamespace, metadataOf(from, index));
  const removed = new Set([...route.requestHeadersToRemove, ...parts.route.headersToRemove]);
  route.requestHeadersToRemove = [...removed];
  if (route.action.case === 'route') {
    changeAction(route.action.value, index === undefined ? undefined : from.stamp?.rules[index], messages);
  }
  // The last rule takes what no other does; under this name the client is told so in its dialect.
  if (from.stamp !== undefined && index === from.stamp.rules.length - 1) route.name = parts.notFoundRoute;
}

/** Has a route that has just come answer that there is no such model, as long as Envoy does not have its cluster. */
export function expectCluster({ action }: Route): void {
  if (action.case !== 'route') return;
  action.value.clusterNotFoundResponseCode = RouteAction_ClusterNotFoundResponseCode.NOT_FOUND;
}
