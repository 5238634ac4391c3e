import {
  create,
  type Metadata,
  type PostTranslateModifyRequest,
  type PostTranslateModifyResponse,
  PostTranslateModifyResponseSchema,
  type RouteConfiguration,
} from '@aigw/envoy-proto/xds';
import { changeCluster, type ClusterProblem } from './change-cluster.ts';
import { type AiRoutes, changeListener } from './change-listener.ts';
import { changeRoute, expectClusters } from './change-route.ts';
import type { GatewayMessages } from './gateway-messages.ts';
import { findGeneratedBy } from './generated-from.ts';
import { bridgeClusters, type ServedClusters } from './served-clusters.ts';
import { nameClusters, renameTargets, type StableNames } from './stable-names.ts';
import { gatherGateways } from './translated-routes.ts';

/** Something that was left as Envoy Gateway made it, and why. */
export interface TranslationProblem {
  /** The name of a cluster, a route or a listener. */
  readonly resource: string;
  readonly reason: string;
  /** `namespace/name` of the HTTPRoute of ours that it was made of; absent for what serves several. */
  readonly route?: string;
}

/** Takes note of what was left alone. */
export type ReportProblem = (problem: TranslationProblem) => void;

interface Resource {
  readonly name: string;
  readonly metadata?: Metadata | undefined;
}

/** Changes one resource; whatever is wrong with it concerns no other. */
function attempt(
  { name, metadata }: Resource,
  report: ReportProblem,
  change: () => string | undefined,
): void {
  const tell = (reason: string): void => {
    const by = findGeneratedBy(metadata);
    report({ resource: name, reason, ...(by !== undefined && { route: `${by.namespace}/${by.name}` }) });
  };
  try {
    const reason = change();
    if (reason !== undefined) tell(reason);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
  }
}

/** What routes are changed with. */
interface Means {
  readonly messages: GatewayMessages;
  readonly names: StableNames;
  /** Clusters that Envoy may not have yet. */
  readonly young: ReadonlySet<string>;
}

function changeRoutes(
  { virtualHosts }: RouteConfiguration,
  { messages, names, young }: Means,
  report: ReportProblem,
): 'alone' | 'shared' | 'none' {
  const routes = virtualHosts.flatMap((host) => host.routes);
  const ours = routes.filter(({ metadata }) => findGeneratedBy(metadata) !== undefined);
  for (const route of ours) {
    attempt(route, report, () => {
      changeRoute(route, messages);
      renameTargets(route, names);
      expectClusters(route, young);
      return undefined;
    });
  }
  if (ours.length === 0) return 'none';
  return ours.length === routes.length ? 'alone' : 'shared';
}

function changeAllRoutes(
  configurations: readonly RouteConfiguration[],
  means: Means,
  report: ReportProblem,
): AiRoutes {
  return new Map(
    configurations.flatMap((configuration) => {
      const found = changeRoutes(configuration, means, report);
      return found === 'none' ? [] : [[configuration.name, found] as const];
    }),
  );
}

/**
 * Takes out what AIGatewayRoutes have left behind that are gone. The garbage collector removes an HTTPRoute and its filters
 * one by one, and Envoy Gateway answers 500 where it has seen a filter go first.
 */
function removeRoutes(
  configurations: readonly RouteConfiguration[],
  isGone: (route: string) => boolean,
): void {
  for (const host of configurations.flatMap(({ virtualHosts }) => virtualHosts)) {
    host.routes = host.routes.filter(({ metadata }) => {
      const by = findGeneratedBy(metadata);
      return by === undefined || !isGone(`${by.namespace}/${by.name}`);
    });
  }
}

/** What a translation is answered with besides itself. */
export interface Surroundings {
  /** What was answered before. */
  readonly served: ServedClusters;
  /** Whether the AIGatewayRoute `namespace/name` is known to be gone. */
  readonly isGone: (route: string) => boolean;
}

/**
 * Makes a gateway of what Envoy Gateway has translated, from little but the request: changes it in place and returns
 * all of it, since the answer replaces what Envoy Gateway had. Never throws.
 */
export function postTranslateModify(
  request: PostTranslateModifyRequest,
  messages: GatewayMessages,
  report: ReportProblem,
  { served, isGone }: Surroundings,
): PostTranslateModifyResponse {
  const { secrets, listeners, routes } = request;
  removeRoutes(routes, isGone);
  const gatewaysOf = gatherGateways(routes);
  const names = nameClusters(request.clusters);
  const { clusters, young } = bridgeClusters(
    { clusters: request.clusters, routes, names },
    served,
    (cluster, hasBridge) => {
      let problem: ClusterProblem | undefined;
      attempt(cluster, report, () => {
        problem = changeCluster(cluster, messages, gatewaysOf);
        const goesOn = problem?.isPassing === true && hasBridge;
        return problem && `${problem.reason}${goesOn ? '; requests go where they went before' : ''}`;
      });
      return problem;
    },
  );
  const aiRoutes = changeAllRoutes(routes, { messages, names, young }, report);
  for (const listener of listeners) {
    attempt({ name: listener.name }, report, () => {
      changeListener(listener, aiRoutes, messages);
      return undefined;
    });
  }
  const { extprocCluster } = messages;
  const isNeeded =
    aiRoutes.size > 0 || clusters.some(({ metadata }) => findGeneratedBy(metadata) !== undefined);
  const hasCluster = clusters.some(({ name }) => name === extprocCluster.name);
  return create(PostTranslateModifyResponseSchema, {
    clusters: isNeeded && !hasCluster ? [...clusters, extprocCluster] : clusters,
    secrets,
    listeners,
    routes,
  });
}
