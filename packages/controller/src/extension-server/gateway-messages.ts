import {
  AnySchema,
  type Any,
  CircuitBreakersSchema,
  ClusterSchema,
  HttpConnectionManagerSchema,
  HttpFilterSchema,
  HttpProtocolOptionsSchema,
  type MessageShape,
  RouteActionSchema,
} from '@aigw/envoy-proto/xds';
import { type GatewayParts, planGatewayParts } from '@aigw/planner';
import { fromPlan } from './messages.ts';

/** The planner's parts as messages, made once. Shared by everything that they are put into: never changed. */
export interface GatewayMessages {
  readonly parts: GatewayParts;
  readonly routerFilters: readonly MessageShape<typeof HttpFilterSchema>[];
  readonly connection: MessageShape<typeof HttpConnectionManagerSchema>;
  readonly processorOn: Any;
  readonly routeAction: MessageShape<typeof RouteActionSchema>;
  readonly upstreamFilters: readonly MessageShape<typeof HttpFilterSchema>[];
  readonly backendOptions: MessageShape<typeof HttpProtocolOptionsSchema>;
  readonly circuitBreakers: MessageShape<typeof CircuitBreakersSchema>;
  readonly extprocCluster: MessageShape<typeof ClusterSchema>;
}

/** @param extprocSocket - the path of the data plane's socket, as Envoy sees it */
export function createGatewayMessages(extprocSocket: string): GatewayMessages {
  const parts = planGatewayParts(extprocSocket);
  const { listener, route, backend } = parts;
  return {
    parts,
    routerFilters: listener.filters.map((filter) => fromPlan(HttpFilterSchema, filter)),
    connection: fromPlan(HttpConnectionManagerSchema, listener.settings),
    processorOn: fromPlan(AnySchema, route.filterConfig),
    routeAction: fromPlan(RouteActionSchema, { idle_timeout: route.idleTimeout, timeout: '0s' }),
    upstreamFilters: backend.filters.map((filter) => fromPlan(HttpFilterSchema, filter)),
    backendOptions: fromPlan(HttpProtocolOptionsSchema, {
      common_http_protocol_options: { idle_timeout: backend.idleConnection },
      explicit_http_config: { http_protocol_options: {} },
    }),
    circuitBreakers: fromPlan(CircuitBreakersSchema, backend.circuitBreakers),
    extprocCluster: fromPlan(ClusterSchema, parts.extprocCluster),
  };
}
