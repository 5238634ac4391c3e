import { join } from 'node:path';
import type { ApiServer } from '../api-server.ts';
import { followObjects } from '../follow-objects.ts';
import type { KubeApi, KubeObject } from '../kube-api.ts';
import { nodeAddress } from '../network/node-network.ts';
import type { Sandbox } from '../sandbox.ts';
import { startKubeletServer } from './kubelet-server.ts';
import { type Images, type PodProcess, type PodSurroundings, startPod } from './pod-process.ts';
import { podPath, specOf } from './pod-spec.ts';

/** Runs every pod for whose containers it has programs, as processes of this machine. */
export interface ProcessKubelet {
  /** The pods that run, oldest first. */
  pods(labels?: Readonly<Record<string, string>>): readonly PodProcess[];
  /** The newest of the proxies that run. */
  running(): PodProcess | undefined;
  /** What went wrong with pods, in order. */
  problems(): readonly string[];
  /** Changed Secrets reach volumes only after this; a real kubelet takes a minute. */
  setVolumeDelay(ms: number): void;
  stop(): Promise<void>;
}

interface KubeletOptions {
  readonly server: ApiServer;
  readonly images: Images;
  readonly binds: Sandbox['binds'];
}

const nodeName = 'process-node';
/** How long a pod may take that does not say. */
const defaultGraceSeconds = 30;

async function registerNode(api: KubeApi, port: number): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } };
  await api.request('POST', '/api/v1/nodes', node);
  const status = {
    addresses: [{ type: 'InternalIP', address: nodeAddress }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    // `kubectl exec` reaches us as it is, and not in SPDY.
    declaredFeatures: ['ExtendWebSocketsToKubelet'],
    conditions: [{ type: 'Ready', status: 'True', reason: 'Process', message: 'pods run as processes' }],
  };
  await api.request('PATCH', `/api/v1/nodes/${nodeName}/status`, { status }, 'application/merge-patch+json');
  // The API server taints what it has not seen ready, and a controller that is not here takes that back; DaemonSets ask for it.
  const ready = { spec: { taints: null } };
  await api.request('PATCH', `/api/v1/nodes/${nodeName}`, ready, 'application/merge-patch+json');
}

/** What a scheduler would do, with one node. */
async function bind(api: KubeApi, pod: KubeObject): Promise<void> {
  await api.request('POST', `${podPath(pod)}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: pod.metadata.name },
    target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
  });
}

const removeFromApi = (api: KubeApi, pod: KubeObject): Promise<unknown> =>
  api.request('DELETE', podPath(pod), {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: 0,
    preconditions: { uid: pod.metadata.uid },
  });

const hasFinished = (pod: KubeObject): boolean =>
  ['Succeeded', 'Failed'].includes(pod['status']?.phase as string);

/** What is done with one pod; no two things at once. */
interface Care {
  process?: PodProcess;
  version?: string;
  isBusy: boolean;
  isOver: boolean;
}

function createCaretaker(surroundings: PodSurroundings) {
  const { api, images, onProblem } = surroundings;
  const cares = new Map<string, Care>();

  const isKnown = (pod: KubeObject): boolean => {
    const { containers, initContainers = [] } = specOf(pod);
    const unknown = [...initContainers, ...containers].find(({ name }) => images[name] === undefined);
    if (unknown === undefined) return true;
    onProblem(`${pod.metadata.name}: nothing stands for the image of the container ${unknown.name}`);
    return false;
  };

  const end = async (care: Care, pod: KubeObject): Promise<void> => {
    const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? defaultGraceSeconds;
    await care.process?.stop(graceSeconds * 1_000);
    delete care.process;
    await removeFromApi(api, pod);
    care.isOver = true;
  };

  const attend = async (care: Care, pod: KubeObject): Promise<void> => {
    if (pod.metadata.deletionTimestamp !== undefined) return end(care, pod);
    if (care.process !== undefined) {
      if (care.version !== pod.metadata.resourceVersion) care.process.update(pod);
      care.version = pod.metadata.resourceVersion ?? '';
      return;
    }
    if (hasFinished(pod) || !isKnown(pod)) return;
    const { nodeName: node } = specOf(pod);
    if (node === undefined) return bind(api, pod);
    if (node === nodeName) care.process = startPod(pod, surroundings);
  };

  return {
    processes: () => [...cares.values()].flatMap(({ process }) => process ?? []),
    look: (pods: readonly KubeObject[]): void => {
      for (const pod of pods) {
        const uid = pod.metadata.uid ?? '';
        const care = cares.get(uid) ?? { isBusy: false, isOver: false };
        cares.set(uid, care);
        if (care.isBusy || care.isOver) continue;
        care.isBusy = true;
        attend(care, pod)
          .catch((error: unknown) => onProblem(`${pod.metadata.name}: ${String(error)}`))
          .finally(() => {
            care.isBusy = false;
          });
      }
      const present = new Set(pods.map(({ metadata }) => metadata.uid));
      for (const [uid, { process, isBusy }] of cares) {
        if (present.has(uid) || isBusy) continue;
        cares.delete(uid);
        // Removed by force: nobody waits for it.
        void process?.stop(0);
      }
    },
  };
}

const hasLabels = ({ labels }: PodProcess, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

/** Starts the kubelet and its node. */
export async function startKubelet({ server, images, binds }: KubeletOptions): Promise<ProcessKubelet> {
  const { api, folder, authority } = server;
  const problems: string[] = [];
  let schedule = { since: 0, delayMs: 0 };
  const caretaker = createCaretaker({
    ...{ api, images, binds, folder: join(folder, 'pods') },
    volumeSchedule: () => schedule,
    onProblem: (text) => {
      if (problems.at(-1) !== text) problems.push(text);
    },
  });
  const pods: ProcessKubelet['pods'] = (labels = {}) =>
    caretaker.processes().filter((pod) => hasLabels(pod, labels));

  const kubeletServer = await startKubeletServer(
    authority.issue('kubelet', [nodeAddress]),
    (namespace, name, container) =>
      pods()
        .find((pod) => pod.namespace === namespace && pod.name === name)
        ?.containers.get(container),
  );
  await registerNode(api, kubeletServer.port);
  const followed = followObjects(api, '/api/v1/pods', () => caretaker.look(followed.all()));
  // What could not be done at once is tried again.
  const timer = setInterval(() => caretaker.look(followed.all()), 200);
  return {
    pods,
    running: () => pods({ 'app.kubernetes.io/name': 'envoy' }).at(-1),
    problems: () => problems,
    setVolumeDelay: (delayMs) => {
      schedule = { since: performance.now(), delayMs };
    },
    stop: async () => {
      clearInterval(timer);
      await followed.stop();
      await Promise.all(pods().map((pod) => pod.stop(0)));
      await kubeletServer.stop();
    },
  };
}
