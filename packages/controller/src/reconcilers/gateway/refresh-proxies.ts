import { aiGatewayGroup } from '@aigw/api-types';
import type { KubeObject } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import type { Proxies } from './gather-proxies.ts';
import { patchObject } from './patch-object.ts';
import { type ProxyRoller, templateAnnotation } from './roll-proxies.ts';

/** On pods: which configuration they are to have. A changed pod makes the kubelet look at its volumes at once. */
export const checksumAnnotation = `${aiGatewayGroup}/filter-config-checksum`;

/** On pod templates: whether their pods have our container. A changed template makes new pods. */
export const sidecarAnnotation = `${aiGatewayGroup}/sidecar`;

interface PodSpec {
  readonly containers?: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly name: string }[];
}

function hasContainer(pod: KubeObject, name: string): boolean {
  const { containers = [], initContainers = [] } = Object(pod['spec']) as PodSpec;
  return [...containers, ...initContainers].some((container) => container.name === name);
}

/** Pods that were made before the Gateway had its first AI route, or before it lost its last one, are made anew. */
async function renewPods(
  { client, extprocContainer }: ReconcileContext,
  proxies: Proxies,
  live: readonly KubeObject[],
  wanted: boolean,
): Promise<void> {
  const isFine = live.every((pod) => hasContainer(pod, extprocContainer) === wanted);
  if (isFine) return;
  const value = wanted ? 'enabled' : 'disabled';
  const body = { spec: { template: { metadata: { annotations: { [sidecarAnnotation]: value } } } } };
  for (const workload of proxies.deployments) {
    if (templateAnnotation(workload, sidecarAnnotation) !== value)
      await patchObject(client, resourceTypes.Deployment, workload, body);
  }
  for (const workload of proxies.daemonSets) {
    if (templateAnnotation(workload, sidecarAnnotation) !== value)
      await patchObject(client, resourceTypes.DaemonSet, workload, body);
  }
}

/** What the proxies of a Gateway with AI routes are to have. */
export interface WantedProxies {
  /** Of the configuration. */
  readonly checksum: string;
  /** Of the sidecar. */
  readonly digest: string;
  readonly roller: ProxyRoller;
}

/** Brings the proxies of a Gateway to a configuration and a sidecar; to none where `wanted` is `undefined`. */
export async function refreshProxies(
  context: ReconcileContext,
  proxies: Proxies,
  wanted: WantedProxies | undefined,
): Promise<void> {
  const live = proxies.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (wanted !== undefined) {
    const { checksum } = wanted;
    for (const pod of live) {
      if (pod.metadata.annotations?.[checksumAnnotation] === checksum) continue;
      const body = { metadata: { annotations: { [checksumAnnotation]: checksum } } };
      await patchObject(context.client, resourceTypes.Pod, pod, body);
    }
  }
  await renewPods(context, proxies, live, wanted !== undefined);
  const withSidecar = live.filter((pod) => hasContainer(pod, context.extprocContainer));
  await wanted?.roller.roll(proxies, wanted.digest, withSidecar);
}
