import {
  create,
  type PostTranslateModifyRequest,
  type PostTranslateModifyResponse,
  PostTranslateModifyResponseSchema,
  type RouteConfiguration,
} from '@aigw/envoy-proto/xds';
import { changeCluster } from './change-cluster.ts';
import { changeListener } from './change-listener.ts';
import { changeRoute } from './change-route.ts';
import type { GatewayMessages } from './gateway-messages.ts';

/** Something that was left as Envoy Gateway made it, and why. */
export interface TranslationProblem {
  /** The name of a cluster, a route configuration or a listener. */
  readonly resource: string;
  readonly reason: string;
}

/** Takes note of what was left alone. */
export type ReportProblem = (problem: TranslationProblem) => void;

/** Changes one resource; whatever is wrong with it concerns no other. */
function attempt(resource: string, report: ReportProblem, change: () => string | undefined): void {
  try {
    const reason = change();
    if (reason !== undefined) report({ resource, reason });
  } catch (error) {
    report({ resource, reason: error instanceof Error ? error.message : String(error) });
  }
}

function changeRoutes(configuration: RouteConfiguration, messages: GatewayMessages): boolean {
  const routes = configuration.virtualHosts.flatMap((host) => host.routes);
  return routes.map((route) => changeRoute(route, messages)).includes(true);
}

/**
 * Makes a gateway of what Envoy Gateway has translated, from nothing but the request: changes it in place and returns
 * all of it, since the answer replaces what Envoy Gateway had. Never throws.
 */
export function postTranslateModify(
  request: PostTranslateModifyRequest,
  messages: GatewayMessages,
  report: ReportProblem,
): PostTranslateModifyResponse {
  const { clusters, secrets, listeners, routes } = request;
  for (const cluster of clusters) {
    attempt(cluster.name, report, () => changeCluster(cluster, messages));
  }
  const aiRoutes = new Set<string>();
  for (const configuration of routes) {
    attempt(configuration.name, report, () => {
      if (changeRoutes(configuration, messages)) aiRoutes.add(configuration.name);
      return undefined;
    });
  }
  for (const listener of listeners) {
    attempt(listener.name, report, () => {
      changeListener(listener, aiRoutes, messages);
      return undefined;
    });
  }
  const { extprocCluster } = messages;
  const hasCluster = aiRoutes.size === 0 || clusters.some(({ name }) => name === extprocCluster.name);
  return create(PostTranslateModifyResponseSchema, {
    clusters: hasCluster ? clusters : [...clusters, extprocCluster],
    secrets,
    listeners,
    routes,
  });
}
