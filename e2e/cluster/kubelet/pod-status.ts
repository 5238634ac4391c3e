import type { KubeApi, KubeObject } from '../kube-api.ts';

interface Container {
  readonly name: string;
  readonly image: string;
}

const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

function conditions(isReady: boolean): object[] {
  const at = now();
  return [
    ['PodScheduled', true],
    ['Initialized', true],
    ['ContainersReady', isReady],
    ['Ready', isReady],
  ].map(([type, status]) => ({ type, status: status === true ? 'True' : 'False', lastTransitionTime: at }));
}

/** Tells the API server how a pod's containers are. Its address is left out: no EndpointSlice takes a loopback one. */
export async function writePodStatus(
  api: KubeApi,
  pod: KubeObject,
  readiness: ReadonlyMap<string, boolean>,
): Promise<void> {
  const { namespace = '', name } = pod.metadata;
  const { containers, initContainers = [] } = pod['spec'] as {
    containers: readonly Container[];
    initContainers?: readonly Container[];
  };
  const isReady = [...readiness.values()].every((ready) => ready);
  const statusOf = ({ name: container, image }: Container): object => ({
    name: container,
    image,
    imageID: 'process',
    ready: readiness.get(container) ?? isReady,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: now() } },
  });
  const status = {
    phase: 'Running',
    hostIP: '127.0.0.1',
    startTime: now(),
    conditions: conditions(isReady),
    containerStatuses: containers.map(statusOf),
    ...(initContainers.length > 0 && { initContainerStatuses: initContainers.map(statusOf) }),
  };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
  await api.request('PATCH', path, { status }, 'application/merge-patch+json');
}
