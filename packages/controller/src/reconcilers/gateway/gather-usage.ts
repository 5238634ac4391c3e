import { type FilterBackend, parseFilterConfig } from '@aigw/api-types';
import { attachedGateways, currentOf, parentsAt, parseRouteStamp, stampAnnotation } from '@aigw/planner';
import { createPublishedConfigs, type ProxyIdentity } from '../../config-server/published-configs.ts';
import { type KubeObject, keyOfMetadata, type ObjectKey } from '../../kube/kube-object.ts';
import { httpRouteProgress } from '../ai-gateway-route/live-objects.ts';
import { routesByGateway } from '../indexes.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import type { BackendUsage } from './retired-backends.ts';

/** Where HTTPRoutes lead, by what was read of them: a stamp is parsed once. */
const stamped = new WeakMap<KubeObject, readonly string[]>();

function backendsOf(httpRoute: KubeObject): readonly string[] {
  const known = stamped.get(httpRoute);
  if (known !== undefined) return known;
  const stamp = parseRouteStamp(httpRoute.metadata.annotations?.[stampAnnotation] ?? '');
  const backends = stamp?.rules.flatMap((rule) => rule.backends.map(({ id }) => id)) ?? [];
  stamped.set(httpRoute, backends);
  return backends;
}

/** True when Envoy Gateway has looked at an HTTPRoute as it is, whatever it thinks of it. */
export function isSettled(httpRoute: KubeObject, gateway: ObjectKey): boolean {
  const live = httpRouteProgress(httpRoute);
  const here = parentsAt(live, gateway);
  // A route that has gone to another Gateway is taken there.
  const concerned = here.length > 0 ? here : live.parents;
  return (
    concerned.length > 0 &&
    concerned.every((parent) => currentOf(live, parent).some(({ type }) => type === 'Accepted'))
  );
}

type Sources = Pick<ReconcileContext, 'state'>;

/** True for a route that the Gateway lets in. */
function isAttached({ state }: Sources, { metadata }: KubeObject, gateway: ObjectKey): boolean {
  const route = state.find('AIGatewayRoute', keyOfMetadata(metadata));
  return route === undefined || attachedGateways(state.resources, route).includes(gateway);
}

/** Where the HTTPRoutes of a Gateway lead, as they are in the cluster now. */
export function gatherUsage(sources: Sources, gateway: ObjectKey): BackendUsage {
  const { state } = sources;
  const routes = state
    .store('AIGatewayRoute')
    .by(routesByGateway, gateway)
    .filter((route) => isAttached(sources, route, gateway));
  const httpRouteOf = (key: ObjectKey): KubeObject | undefined => state.store('HTTPRoute').get(key);
  return {
    inUse: new Set(
      routes.flatMap(({ metadata }) => {
        const httpRoute = httpRouteOf(keyOfMetadata(metadata));
        return httpRoute === undefined ? [] : backendsOf(httpRoute);
      }),
    ),
    isUnsettled: (route) => {
      const httpRoute = httpRouteOf(route);
      return httpRoute !== undefined && !isSettled(httpRoute, gateway);
    },
  };
}

/** The backends of the configuration that is in the cluster; none where it cannot be read. */
export function gatherPublished(
  { state, sha256Hex }: Pick<ReconcileContext, 'state' | 'sha256Hex'>,
  proxy: ProxyIdentity,
): readonly FilterBackend[] {
  const bytes = createPublishedConfigs(state.store('Secret'), sha256Hex).find(proxy)?.bytes;
  try {
    return bytes === undefined ? [] : parseFilterConfig(JSON.parse(bytes.toString('utf8'))).config.backends;
  } catch {
    return [];
  }
}
