import { aiGatewayGroup } from '@aigw/api-types';
import type { KubeObject } from '../../kube/kube-object.ts';
import { type ResourceType, resourceTypes } from '../../kube/resource-types.ts';
import { sidecarAnnotation, sidecarDigestAnnotation } from '../../webhook/sidecar-digest.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import type { Proxies } from './gather-proxies.ts';
import { patchObject } from './patch-object.ts';
import { rolloutAnnotation, type RolloutState } from './plan-rollout.ts';
import { type ProxyRoller, templateAnnotation } from './roll-proxies.ts';

/** On pods: which configuration they are to have. A changed pod makes the kubelet look at its volumes at once. */
export const checksumAnnotation = `${aiGatewayGroup}/filter-config-checksum`;

/** In place of a digest: of pods without a sidecar, and of Gateways whose pods are to have none. */
const noSidecar = 'none';

interface PodSpec {
  readonly containers?: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly name: string }[];
}

function hasContainer(pod: KubeObject, name: string): boolean {
  const { containers = [], initContainers = [] } = Object(pod['spec']) as PodSpec;
  return [...containers, ...initContainers].some((container) => container.name === name);
}

interface LivePod {
  readonly pod: KubeObject;
  readonly hasSidecar: boolean;
}

const valueOf = (isWanted: boolean): 'enabled' | 'disabled' => (isWanted ? 'enabled' : 'disabled');

/**
 * Pods that were made before the Gateway had its first AI route, or before it lost its last one, are made anew. A template
 * that promises a sidecar is corrected before it has such pods: they would wait for a configuration that is gone.
 */
async function renewPods(
  { client }: ReconcileContext,
  { deployments, daemonSets }: Proxies,
  live: readonly LivePod[],
  isWanted: boolean,
): Promise<void> {
  const isFine = live.every(({ hasSidecar }) => hasSidecar === isWanted);
  const value = valueOf(isWanted);
  const body = { spec: { template: { metadata: { annotations: { [sidecarAnnotation]: value } } } } };
  const renew = async (type: ResourceType, workloads: readonly KubeObject[]): Promise<void> => {
    for (const workload of workloads) {
      const before = templateAnnotation(workload, sidecarAnnotation);
      if (before === value || (isFine && before !== 'enabled')) continue;
      await patchObject(client, type, workload, body);
    }
  };
  await renew(resourceTypes.Deployment, deployments);
  await renew(resourceTypes.DaemonSet, daemonSets);
}

/**
 * The pods by which a rollout is planned. One with a sidecar too many or too few counts where its own template has said what
 * is wanted: a webhook that was late or away has let it in. Any other is on its way out already.
 */
function rolledPods(live: readonly LivePod[], isWanted: boolean): RolloutState['pods'] {
  return live
    .filter(
      ({ pod, hasSidecar }) =>
        hasSidecar === isWanted || pod.metadata.annotations?.[sidecarAnnotation] === valueOf(isWanted),
    )
    .map(({ pod: { metadata }, hasSidecar }) => ({
      digest: hasSidecar ? metadata.annotations?.[sidecarDigestAnnotation] : noSidecar,
      rollout: metadata.annotations?.[rolloutAnnotation],
    }));
}

/** What the proxies of a Gateway with AI routes are to have. */
export interface WantedProxies {
  /** Of the configuration. */
  readonly checksum: string;
  /** Of the sidecar. */
  readonly digest: string;
}

/** Brings the proxies of a Gateway to a configuration and a sidecar; to none where `wanted` is `undefined`. */
export async function refreshProxies(
  context: ReconcileContext,
  proxies: Proxies,
  roller: ProxyRoller,
  wanted: WantedProxies | undefined,
): Promise<void> {
  const live = proxies.pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((pod) => ({ pod, hasSidecar: hasContainer(pod, context.extprocContainer) }));
  if (wanted !== undefined) {
    const { checksum } = wanted;
    for (const { pod } of live) {
      if (pod.metadata.annotations?.[checksumAnnotation] === checksum) continue;
      const body = { metadata: { annotations: { [checksumAnnotation]: checksum } } };
      await patchObject(context.client, resourceTypes.Pod, pod, body);
    }
  }
  const isWanted = wanted !== undefined;
  await renewPods(context, proxies, live, isWanted);
  await roller.roll(proxies, wanted?.digest ?? noSidecar, rolledPods(live, isWanted));
}
