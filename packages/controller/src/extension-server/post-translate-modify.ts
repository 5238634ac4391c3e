import {
  create,
  type Metadata,
  type PostTranslateModifyRequest,
  type PostTranslateModifyResponse,
  PostTranslateModifyResponseSchema,
  type Route,
  type RouteConfiguration,
} from '@aigw/envoy-proto/xds';
import { changeCluster, type ClusterProblem } from './change-cluster.ts';
import { type AiRoutes, changeListener } from './change-listener.ts';
import { changeRoute, expectCluster } from './change-route.ts';
import type { GatewayMessages } from './gateway-messages.ts';
import { bridgeClusters } from './bridge-clusters.ts';
import { findGeneratedBy, readGeneratedFrom } from './generated-from.ts';
import { identifyTranslation, rememberTranslation, type ServedTranslations } from './served-translations.ts';
import { nameClusters, renameTargets, type StableNames } from './stable-names.ts';
import { gatherGateways } from './translated-routes.ts';
import { findYoungRoutes } from './young-routes.ts';

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
  /** Those that have just come. */
  readonly young: ReadonlySet<Route>;
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
      if (young.has(route)) expectCluster(route);
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
function removeRoutes(configurations: readonly RouteConfiguration[], isGone: (uid: string) => boolean): void {
  for (const host of configurations.flatMap(({ virtualHosts }) => virtualHosts)) {
    host.routes = host.routes.filter(({ metadata }) => {
      const uid = readGeneratedFrom(metadata)?.stamp?.uid;
      return uid === undefined || !isGone(uid);
    });
  }
}

/** What a translation is answered with besides itself. */
export interface Surroundings {
  /** What was answered before. */
  readonly served: ServedTranslations;
  /** Whether the AIGatewayRoute of this uid was seen to go. */
  readonly isGone: (uid: string) => boolean;
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
  const { listeners, routes } = request;
  const key = identifyTranslation(routes);
  const bridge = { known: served.sets.get(key), at: served.now() };
  // A cluster of a route that is taken out is what it was, its proxy included.
  const gatewaysOf = gatherGateways(routes);
  removeRoutes(routes, isGone);
  const names = nameClusters(request.clusters);
  const bridged = bridgeClusters({ ...request, names }, bridge, (cluster, hasBridge) => {
    let problem: ClusterProblem | undefined = { reason: '', isPassing: false };
    attempt(cluster, report, () => {
      problem = changeCluster(cluster, messages, gatewaysOf);
      const goesOn = problem?.isPassing === true && hasBridge;
      return problem && `${problem.reason}${goesOn ? '; requests go where they went before' : ''}`;
    });
    return problem;
  });
  const { young, matches } = findYoungRoutes(routes, bridge.known?.matches, bridge.at);
  rememberTranslation(served, key, { ...bridged.served, matches });
  const { clusters, secrets } = bridged;
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
