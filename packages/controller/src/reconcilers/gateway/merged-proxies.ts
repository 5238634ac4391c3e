import { owningGatewayClass, owningGatewayName } from '@aigw/planner';
import type { ObjectKey } from '../../kube/kube-object.ts';
import type { Index } from '../../manager/store.ts';
import type { ReconcileContext } from '../reconcile-context.ts';

/** Proxies that Envoy Gateway runs for all Gateways of a class together, by that class. */
export const mergedByClass: Index = ({ metadata: { labels = {} } }) => {
  const gatewayClass = labels[owningGatewayClass];
  return gatewayClass === undefined || labels[owningGatewayName] !== undefined ? [] : [gatewayClass];
};

/** Whether a Gateway has no proxies of its own: pods that say no Gateway get no processor. */
export function isMerged(
  { state, envoyGatewayNamespace }: Pick<ReconcileContext, 'state' | 'envoyGatewayNamespace'>,
  key: ObjectKey,
): boolean {
  const gatewayClass = state.find('Gateway', key)?.resource.spec.gatewayClassName;
  if (gatewayClass === undefined) return false;
  return (['Deployment', 'DaemonSet'] as const).some((kind) =>
    state
      .store(kind)
      .by(mergedByClass, gatewayClass)
      .some(({ metadata }) => metadata.namespace === envoyGatewayNamespace),
  );
}
