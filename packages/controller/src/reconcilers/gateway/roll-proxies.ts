import { type KubeObject, keyOfMetadata, type ObjectKey } from '../../kube/kube-object.ts';
import { type ResourceType, resourceTypes } from '../../kube/resource-types.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import type { Proxies } from './gather-proxies.ts';
import { patchObject } from './patch-object.ts';
import { planRollout, rolloutAnnotation, type RolloutState } from './plan-rollout.ts';

/** What was last seen of one workload. */
interface Seen {
  readonly wanted: string;
  readonly template: string | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly since: number;
}

/** Makes proxies anew whose sidecar is not the one that new pods get. */
export interface ProxyRoller {
  /**
   * @param wanted The digest of the sidecar of new pods.
   * @param pods The live ones that count.
   */
  roll(
    proxies: Pick<Proxies, 'deployments' | 'daemonSets'>,
    wanted: string,
    pods: RolloutState['pods'],
  ): Promise<void>;
}

export function templateAnnotation(workload: KubeObject, name: string): string | undefined {
  const { template } = Object(workload['spec']) as {
    template?: { metadata?: { annotations?: Record<string, string> } };
  };
  return template?.metadata?.annotations?.[name];
}

/** @param gateway Who is to be looked at again. @param now Milliseconds of a clock that never goes back. */
export function createProxyRoller(
  context: Pick<ReconcileContext, 'client' | 'enqueue' | 'logger'>,
  gateway: ObjectKey,
  now: () => number,
): ProxyRoller {
  const known = new Map<string, Seen>();

  /** A sidecar that has changed under our eyes is somebody's wish; of any other difference we have to see that it stands. */
  const look = (id: string, wanted: string, template: string | undefined): number => {
    const before = known.get(id);
    if (before?.wanted === wanted && before.template === template) return now() - before.since;
    const isWish = before !== undefined && before.wanted !== wanted;
    const since = isWish ? Number.NEGATIVE_INFINITY : now();
    known.set(id, { wanted, template, since });
    return now() - since;
  };

  const rollOne = async (
    type: ResourceType,
    workload: KubeObject,
    wanted: string,
    pods: RolloutState['pods'],
  ): Promise<void> => {
    const object = `${type.kind} ${keyOfMetadata(workload.metadata)}`;
    const template = templateAnnotation(workload, rolloutAnnotation);
    const standsForMs = look(object, wanted, template);
    const rollout = planRollout({ wanted, template, pods, standsForMs });
    switch (rollout.kind) {
      case 'none':
        // A difference stands from when it is first seen.
        known.set(object, { wanted, template, since: now() });
        return;
      case 'wait':
        context.enqueue('Gateway', gateway, rollout.ms);
        return;
      case 'stuck':
        context.logger.warn('proxies keep a sidecar that is not the one that they were made anew for', {
          gateway,
          object,
        });
        return;
      case 'roll': {
        const annotations = { [rolloutAnnotation]: rollout.value };
        context.logger.info('proxies are made anew for their sidecar', { gateway, object });
        await patchObject(context.client, type, workload, {
          spec: { template: { metadata: { annotations } } },
        });
      }
    }
  };

  return {
    async roll({ deployments, daemonSets }, wanted, pods) {
      for (const workload of deployments) await rollOne(resourceTypes.Deployment, workload, wanted, pods);
      for (const workload of daemonSets) await rollOne(resourceTypes.DaemonSet, workload, wanted, pods);
    },
  };
}
