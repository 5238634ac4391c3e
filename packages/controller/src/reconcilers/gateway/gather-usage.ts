import { type FilterBackend, parseFilterConfig } from '@aigw/api-types';
import { attachedGateways, parseRouteStamp, stampAnnotation } from '@aigw/planner';
import { createPublishedConfigs, type ProxyIdentity } from '../../config-server/published-configs.ts';
import { type KubeObject, keyOfMetadata, type ObjectKey } from '../../kube/kube-object.ts';
import { httpRouteProgress } from '../ai-gateway-route/live-objects.ts';
import { routesByGateway } from '../indexes.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import type { BackendUsage } from './retired-backends.ts';

function backendsOf({ metadata }: KubeObject): string[] {
  const stamp = parseRouteStamp(metadata.annotations?.[stampAnnotation] ?? '');
  return stamp?.rules.flatMap(({ backends }) => backends.map(({ id }) => id)) ?? [];
}

/** True when Envoy Gateway has looked at an HTTPRoute as it is, whatever it thinks of it. */
export function isSettled(httpRoute: KubeObject, gateway: ObjectKey): boolean {
  const { namespace: own = '' } = httpRoute.metadata;
  const { generation, parents } = httpRouteProgress(httpRoute);
  const concerned = parents.filter(
    ({ parentRef }) => `${parentRef?.namespace ?? own}/${parentRef?.name ?? ''}` === gateway,
  );
  return (
    concerned.length > 0 &&
    concerned.every(({ conditions = [] }) =>
      conditions.some(
        ({ type, observedGeneration = 0 }) => type === 'Accepted' && observedGeneration >= generation,
      ),
    )
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
  const httpRoutes = state
    .store('AIGatewayRoute')
    .by(routesByGateway, gateway)
    .filter((route) => isAttached(sources, route, gateway))
    .flatMap(({ metadata }) => state.store('HTTPRoute').get(keyOfMetadata(metadata)) ?? []);
  return {
    inUse: new Set(httpRoutes.flatMap(backendsOf)),
    unsettled: new Set(
      httpRoutes
        .filter((httpRoute) => !isSettled(httpRoute, gateway))
        .map(({ metadata }) => keyOfMetadata(metadata)),
    ),
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
