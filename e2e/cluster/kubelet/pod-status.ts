import type { KubeApi, KubeObject } from '../kube-api.ts';
import { nodeAddress } from '../network/node-network.ts';
import type { Container } from './container.ts';
import { type ContainerSpec, podPath, specOf } from './pod-spec.ts';

/** How a pod is. */
export interface PodState {
  readonly address?: string;
  /** Those that have been started. */
  readonly containers: ReadonlyMap<string, Container>;
  readonly ready: ReadonlySet<string>;
  /** Every init container has ended well, or serves. */
  readonly isInitialized: boolean;
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

const timestamp = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

/** @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase */
export function phaseOf(pod: KubeObject, { containers, isInitialized }: PodState): Phase {
  const { restartPolicy, containers: specs } = specOf(pod);
  if (!isInitialized) return 'Pending';
  const codes = specs.map(({ name }) => containers.get(name)?.program.exitCode());
  if (restartPolicy !== 'Never' || codes.includes(undefined)) return 'Running';
  return codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
}

function containerState(container: Container | undefined): object {
  if (container === undefined) return { waiting: { reason: 'ContainerCreating' } };
  const startedAt = timestamp(container.startedAt);
  const exitCode = container.program.exitCode();
  if (exitCode === undefined) return { running: { startedAt } };
  return { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt } };
}

function conditionsOf(pod: KubeObject, state: PodState): { type: string; status: string }[] {
  const { containers } = specOf(pod);
  const isReady = containers.every(({ name }) => state.ready.has(name)) && state.isInitialized;
  return Object.entries({
    PodScheduled: true,
    Initialized: state.isInitialized,
    ContainersReady: isReady,
    Ready: isReady,
  }).map(([type, holds]) => ({ type, status: holds ? 'True' : 'False' }));
}

function buildStatus(pod: KubeObject, state: PodState): object {
  const { containers, initContainers = [] } = specOf(pod);
  const statusOf = ({ name, image }: ContainerSpec): object => {
    const container = state.containers.get(name);
    const isRunning = container?.program.hasEnded() === false;
    return {
      ...{ name, image, imageID: 'process', ready: state.ready.has(name), started: isRunning },
      restartCount: container?.restarts ?? 0,
      state: containerState(container),
    };
  };
  return {
    phase: phaseOf(pod, state),
    hostIP: nodeAddress,
    ...(state.address !== undefined && { podIP: state.address, podIPs: [{ ip: state.address }] }),
    conditions: conditionsOf(pod, state),
    containerStatuses: containers.map(statusOf),
    ...(initContainers.length > 0 && { initContainerStatuses: initContainers.map(statusOf) }),
  };
}

/** Tells the API server how a pod is, when that has changed. */
export function createStatusWriter(api: KubeApi, pod: KubeObject): (state: PodState) => Promise<void> {
  const startTime = timestamp(new Date());
  const since = new Map<string, string>();
  let written = '';
  return async (state) => {
    const status = buildStatus(pod, state) as { conditions: { type: string; status: string }[] };
    const text = JSON.stringify(status);
    if (text === written) return;
    const conditions = status.conditions.map(({ type, status: value }) => {
      const key = `${type}=${value}`;
      if (!since.has(key)) {
        since.delete(`${type}=${value === 'True' ? 'False' : 'True'}`);
        since.set(key, timestamp(new Date()));
      }
      return { type, status: value, lastTransitionTime: since.get(key) };
    });
    const body = { metadata: { uid: pod.metadata.uid }, status: { ...status, startTime, conditions } };
    const answer = await api.request('PATCH', `${podPath(pod)}/status`, body, 'application/merge-patch+json');
    if (answer.status >= 300 && answer.status !== 404 && answer.status !== 409) {
      throw new Error(`status of ${pod.metadata.name}: ${JSON.stringify(answer.body)}`);
    }
    written = text;
  };
}
