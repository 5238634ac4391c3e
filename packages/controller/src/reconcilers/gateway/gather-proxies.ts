import { owningGatewayName, owningGatewayNamespace } from '@aigw/planner';
import { type KubeObject, type ObjectKey, splitKey } from '../../kube/kube-object.ts';
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

type ProxySources = Pick<ReconcileContext, 'state' | 'envoyGatewayNamespace'>;

const byOwner: Index = ({ metadata }) => {
  const name = metadata.labels?.[owningGatewayName];
  const namespace = metadata.labels?.[owningGatewayNamespace];
  return name === undefined || namespace === undefined ? [] : [`${namespace}/${name}`];
};

/**
 * The proxies of a Gateway; before there are any, their place is Envoy Gateway's own namespace. Anybody can give a pod of
 * theirs the labels of a proxy: only those count that are where Envoy Gateway runs them, which is its own namespace or, in
 * its other mode, that of the Gateway. Credentials go nowhere else.
 */
export function gatherProxies({ state, envoyGatewayNamespace }: ProxySources, key: ObjectKey): Proxies {
  const kinds = ['Deployment', 'DaemonSet', 'Pod'] as const;
  const found = kinds.map((kind) => state.store(kind).by(byOwner, key));
  const places = [envoyGatewayNamespace, splitKey(key).namespace];
  const isThere = (namespace: string): boolean =>
    found.flat().some(({ metadata }) => metadata.namespace === namespace);
  const place = places.find(isThere) ?? envoyGatewayNamespace;
  const [deployments = [], daemonSets = [], pods = []] = found.map((objects) =>
    objects.filter(({ metadata }) => metadata.namespace === place),
  );
  return { namespace: place, deployments, daemonSets, pods };
}
