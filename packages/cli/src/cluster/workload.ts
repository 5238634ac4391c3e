import type { KubeObject } from '@aigw/controller/kube';

import { conditionsOf } from './conditions.ts';

/** A container of a pod, or of the template of one. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
}

interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
}

/** The containers of a pod, those that start before the others first. */
export function containersOf(pod: object): readonly Container[] {
  const { containers = [], initContainers = [] } = Object((pod as { spec?: unknown }).spec) as PodSpec;
  return [...initContainers, ...containers];
}

/** The containers of a workload's pods. */
export function templateContainers({ spec }: KubeObject): readonly Container[] {
  return containersOf(Object((Object(spec) as { template?: unknown }).template) as object);
}

/** The version in an image's tag, such as `1.8.1`; `undefined` for other tags and for digests. */
export function versionOfImage(image: string | undefined): string | undefined {
  return /:v?(\d+\.\d+\.\d+[^:/@]*)(@.*)?$/.exec(image ?? '')?.[1];
}

/** Why no pod of a Deployment is ready; `undefined` when one is. */
export function unavailability(deployment: KubeObject): string | undefined {
  const { replicas = 0, availableReplicas = 0 } = Object(deployment['status']) as Record<string, number>;
  if (availableReplicas > 0) return undefined;
  const reason = conditionsOf(deployment).find(({ status, message }) => status === 'False' && message !== '');
  return `none of ${replicas} pods is available${reason === undefined ? '' : `: ${reason.message}`}`;
}

/** How many pods of a Deployment there are, in words. */
export function describeReplicas({ status }: KubeObject): string {
  const { replicas = 0, availableReplicas = 0 } = Object(status) as Record<string, number>;
  return `${availableReplicas} of ${replicas} pods available`;
}
