import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiServer } from '../api-server.ts';
import type { KubeApi, KubeObject } from '../kube-api.ts';
import type { Sandbox } from '../sandbox.ts';
import { assignAddresses } from './load-balancer.ts';
import { type LogServer, startLogServer } from './log-server.ts';
import { type ContainerPrograms, type PodProcess, startPod } from './pod-process.ts';
import { writePodStatus } from './pod-status.ts';

/** Runs the proxies of one Gateway: on one network there is room for one Envoy. */
export interface ProcessKubelet {
  /** The proxy that runs. */
  running(): PodProcess | undefined;
  /** What went wrong with pods, in order. */
  problems(): readonly string[];
  /** Changed Secrets reach volumes only after this; a real kubelet takes a minute. */
  setVolumeDelay(ms: number): void;
  stop(): Promise<void>;
}

interface KubeletOptions {
  readonly server: ApiServer;
  readonly programs: ContainerPrograms;
  readonly binds: Sandbox['binds'];
}

const nodeName = 'process-node';
const proxies = '/api/v1/pods?labelSelector=app.kubernetes.io%2Fname%3Denvoy';
/** Between two looks at what is and what should be. */
const everyMs = 100;

async function registerNode(api: KubeApi, port: number): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } };
  await api.request('POST', '/api/v1/nodes', node);
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    conditions: [{ type: 'Ready', status: 'True', reason: 'Process', message: 'pods run as processes' }],
  };
  await api.request('PATCH', `/api/v1/nodes/${nodeName}/status`, { status }, 'application/merge-patch+json');
}

const podPath = ({ metadata }: KubeObject): string =>
  `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name}`;

async function bind(api: KubeApi, pod: KubeObject): Promise<void> {
  if (pod['spec']?.nodeName !== undefined) return;
  await api.request('POST', `${podPath(pod)}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: pod.metadata.name },
    target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
  });
}

/** Of a rollout the newest pod runs. */
function newest(pods: readonly KubeObject[]): KubeObject | undefined {
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((left, right) =>
      (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? 1 : -1,
    )[0];
}

/** Starts the kubelet and its node. */
export async function startKubelet({ server, programs, binds }: KubeletOptions): Promise<ProcessKubelet> {
  const { api, folder, authority } = server;
  const problems: string[] = [];
  let running: { pod: KubeObject; process: PodProcess } | undefined;
  let volumeDelay = 0;
  let readiness = '';
  let refreshedAt = 0;
  const stopping = new AbortController();

  const stopRunning = async (): Promise<void> => {
    const { process } = running ?? {};
    running = undefined;
    readiness = '';
    await process?.stop();
  };

  const removeDeleted = async (pods: readonly KubeObject[]): Promise<void> => {
    for (const pod of pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)) {
      if (running?.pod.metadata.name === pod.metadata.name) await stopRunning();
      await api.request('DELETE', podPath(pod), {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        gracePeriodSeconds: 0,
      });
    }
  };

  const startNewest = async (pods: readonly KubeObject[]): Promise<void> => {
    const pod = newest(pods);
    if (pod === undefined || pod.metadata.name === running?.pod.metadata.name) return;
    await stopRunning();
    await bind(api, pod);
    const podFolder = join(folder, 'pods', pod.metadata.name);
    mkdirSync(podFolder, { recursive: true });
    running = { pod, process: await startPod({ api, pod, folder: podFolder, programs, binds }) };
  };

  const refresh = async (): Promise<void> => {
    if (running === undefined) return;
    const { pod, process } = running;
    if (performance.now() - refreshedAt >= volumeDelay) {
      await process.refreshVolumes();
      refreshedAt = performance.now();
    }
    const answers = await process.probe();
    const text = JSON.stringify([...answers]);
    if (text === readiness) return;
    readiness = text;
    await writePodStatus(api, pod, answers);
  };

  const step = async (): Promise<void> => {
    const { status, body } = await api.request('GET', proxies);
    if (status !== 200) return;
    const pods = (body['items'] ?? []) as KubeObject[];
    await removeDeleted(pods);
    await assignAddresses(api);
    await startNewest(pods);
    await refresh();
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // What waits for a Secret, or for an API server that restarts, is tried again.
      await step().catch((error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        if (problems.at(-1) !== text) problems.push(text);
      });
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const logs: LogServer = await startLogServer(
    authority.issue('kubelet', ['127.0.0.1']),
    (_namespace, pod, container) =>
      running?.pod.metadata.name === pod ? running.process.programs.get(container)?.log() : undefined,
  );
  await registerNode(api, logs.port);
  const looping = loop();
  return {
    running: () => running?.process,
    problems: () => problems,
    setVolumeDelay: (ms) => {
      volumeDelay = ms;
      refreshedAt = performance.now();
    },
    stop: async () => {
      stopping.abort();
      await looping;
      await stopRunning();
      await logs.stop();
    },
  };
}
