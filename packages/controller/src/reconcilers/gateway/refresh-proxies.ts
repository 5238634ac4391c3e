import { aiGatewayGroup } from '@aigw/api-types';
import { hasStatus } from '../../kube/api-error.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import { objectPath, type ResourceType, resourceTypes } from '../../kube/resource-types.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import type { Proxies } from './gather-proxies.ts';

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

async function patch(
  { client }: ReconcileContext,
  type: ResourceType,
  { metadata }: KubeObject,
  body: unknown,
): Promise<void> {
  try {
    await client.request({
      method: 'PATCH',
      path: objectPath(type, metadata.namespace ?? '', metadata.name),
      body,
      contentType: 'application/merge-patch+json',
    });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}

function templateAnnotation(workload: KubeObject): string | undefined {
  const { template } = Object(workload['spec']) as {
    template?: { metadata?: { annotations?: Record<string, string> } };
  };
  return template?.metadata?.annotations?.[sidecarAnnotation];
}

/** Pods that were made before the Gateway had its first AI route, or before it lost its last one, are made anew. */
async function renewPods(context: ReconcileContext, proxies: Proxies, wanted: boolean): Promise<void> {
  const live = proxies.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const isFine = live.every((pod) => hasContainer(pod, context.extprocContainer) === wanted);
  if (isFine) return;
  const value = wanted ? 'enabled' : 'disabled';
  const body = { spec: { template: { metadata: { annotations: { [sidecarAnnotation]: value } } } } };
  for (const workload of proxies.deployments) {
    if (templateAnnotation(workload) !== value)
      await patch(context, resourceTypes.Deployment, workload, body);
  }
  for (const workload of proxies.daemonSets) {
    if (templateAnnotation(workload) !== value) await patch(context, resourceTypes.DaemonSet, workload, body);
  }
}

/** Brings the proxies of a Gateway to a configuration; `undefined` for a Gateway without AI routes. */
export async function refreshProxies(
  context: ReconcileContext,
  proxies: Proxies,
  checksum: string | undefined,
): Promise<void> {
  if (checksum !== undefined) {
    for (const pod of proxies.pods) {
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      if (pod.metadata.annotations?.[checksumAnnotation] === checksum) continue;
      await patch(context, resourceTypes.Pod, pod, {
        metadata: { annotations: { [checksumAnnotation]: checksum } },
      });
    }
  }
  await renewPods(context, proxies, checksum !== undefined);
}
