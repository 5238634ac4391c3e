import type { LiveHttpRoute, RouteParentStatus } from '@aigw/planner';
import type { KubeObject } from '../../kube/kube-object.ts';

/** True for what the garbage collector removes together with the owner. */
export function isOwnedBy({ metadata }: KubeObject, owner: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.metadata.uid);
}

/** True for an HTTPRoute that was made of some AIGatewayRoute of its name. */
export function isOwnedByRoute({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).some(
    ({ kind, name }) => kind === 'AIGatewayRoute' && name === metadata.name,
  );
}

/** What Envoy Gateway has said about an HTTPRoute. */
export function httpRouteProgress(httpRoute: KubeObject): LiveHttpRoute {
  const { parents } = Object(httpRoute['status']) as { parents?: readonly RouteParentStatus[] | null };
  const { namespace = '', generation = 0 } = httpRoute.metadata;
  return { namespace, generation, parents: parents ?? [] };
}
