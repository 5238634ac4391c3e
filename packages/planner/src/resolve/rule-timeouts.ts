import { type AIGatewayRouteRule, durationMs } from '@aigw/api-types';
import type { ProblemLog } from './problem-log.ts';
import type { Located } from './resource-set.ts';
import type { TrafficSettings } from './traffic-policy.ts';

interface RuleOfRoute {
  readonly route: Located<'AIGatewayRoute'>;
  readonly index: number;
  readonly rule: AIGatewayRouteRule;
  readonly traffic: TrafficSettings;
}

/** `0s` is no limit. */
const isLonger = (backendRequest: string, request: string): boolean =>
  durationMs(request) !== 0 && durationMs(backendRequest) > durationMs(request);

/** Gateway API refuses the whole HTTPRoute for one attempt that may take longer than the request: such a limit is left out. */
export function withFittingTimeouts(
  { log }: { readonly log: ProblemLog },
  { route, index, rule, traffic }: RuleOfRoute,
): AIGatewayRouteRule {
  const { request: own, backendRequest, ...others } = rule.timeouts ?? {};
  const request = own ?? traffic.timeouts?.http?.requestTimeout;
  if (backendRequest === undefined || request === undefined || !isLonger(backendRequest, request))
    return rule;
  const path = `spec.rules[${index}].timeouts.backendRequest`;
  const from = own === undefined ? ', which a BackendTrafficPolicy sets' : '';
  const message = `${backendRequest} is longer than the request timeout ${request}${from}: it is left out`;
  if (own === undefined) log.warn(route, path, message, 'Invalid');
  else log.error(route, path, message);
  return { ...rule, timeouts: { ...others, ...(own !== undefined && { request: own }) } };
}
