import { owningGatewayName, owningGatewayNamespace } from '@aigw/planner';
import type { KubeObject, ObjectKey } from '../../kube/kube-object.ts';
import type { Index } from '../../manager/store.ts';
import type { ReconcileContext } from '../reconcile-context.ts';

/** What Envoy Gateway runs for a Gateway. */
export interface Proxies {
  /** Where they are, or will be. */
  readonly namespace: string;
  readonly deployments: readonly KubeObject[];
  readonly daemonSets: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
}

const byOwner: Index = ({ metadata }) => {
  const name = metadata.labels?.[owningGatewayName];
  const namespace = metadata.labels?.[owningGatewayNamespace];
  return name === undefined || namespace === undefined ? [] : [`${namespace}/${name}`];
};

/** The proxies of a Gateway; before there are any, their place is Envoy Gateway's own namespace. */
export function gatherProxies({ state, envoyGatewayNamespace }: ReconcileContext, key: ObjectKey): Proxies {
  const deployments = state.store('Deployment').by(byOwner, key);
  const daemonSets = state.store('DaemonSet').by(byOwner, key);
  const pods = state.store('Pod').by(byOwner, key);
  const [first] = [...deployments, ...daemonSets, ...pods];
  return { namespace: first?.metadata.namespace ?? envoyGatewayNamespace, deployments, daemonSets, pods };
}
