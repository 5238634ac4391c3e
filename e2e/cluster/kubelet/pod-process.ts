import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeApi, KubeObject } from '../kube-api.ts';
import { createPodNetwork, nodeAddress, type PodNetwork } from '../network/node-network.ts';
import type { Program } from '../program.ts';
import type { Sandbox } from '../sandbox.ts';
import { type Container, type Image, startContainer } from './container.ts';
import { buildEnvironment } from './environment.ts';
import { createLiveness } from './liveness.ts';
import { type ContainerSpec, type PodSpec, readField, specOf } from './pod-spec.ts';
import { createStatusWriter, phaseOf, type PodState } from './pod-status.ts';
import { createPodVolumes, type PodVolumes, type VolumeSchedule } from './pod-volumes.ts';
import { createTokenReader } from './service-account-tokens.ts';

/** What stands for images, by the names of containers. */
export type Images = Readonly<Record<string, Image>>;

/** A pod whose containers run as processes. */
export interface PodProcess {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
  readonly containers: ReadonlyMap<string, Container>;
  /** The process of each container, as it is now. */
  readonly programs: ReadonlyMap<string, Program>;
  isReady(): boolean;
  /** The pod as the API server has it now. */
  update(pod: KubeObject): void;
  stop(withinMs: number): Promise<void>;
}

/** What every pod of a node has in common. */
export interface PodSurroundings {
  readonly api: KubeApi;
  /** A folder for the files of pods. */
  readonly folder: string;
  readonly images: Images;
  /** Bound into every container. */
  readonly binds: Sandbox['binds'];
  readonly volumeSchedule: () => VolumeSchedule;
  readonly onProblem: (text: string) => void;
}

/** A pod in the making. */
interface Run extends PodSurroundings {
  pod: KubeObject;
  readonly spec: PodSpec;
  readonly network: PodNetwork;
  readonly volumes: PodVolumes;
  readonly files: Sandbox['binds'];
  readonly containers: Map<string, Container>;
  readonly ready: Set<string>;
  readonly stopping: AbortSignal;
  isInitialized: boolean;
  probedAt: number;
}

/** Between two looks at a pod. */
const everyMs = 100;
/** Between two probes of a pod that is ready. */
const probeEveryMs = 1_000;

const isSidecar = ({ restartPolicy }: ContainerSpec): boolean => restartPolicy === 'Always';

const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
  delay(ms, undefined, { signal }).catch(() => undefined);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function writePodFiles(folder: string, { metadata }: KubeObject, address: string): Sandbox['binds'] {
  const { name, namespace = '' } = metadata;
  const domains = [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'];
  const files = {
    '/etc/hosts': `127.0.0.1 localhost\n${address} ${name}\n`,
    '/etc/resolv.conf': `nameserver ${nodeAddress}\nsearch ${domains.join(' ')}\noptions ndots:5\n`,
  };
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => {
      const source = join(folder, path.replaceAll('/', '_'));
      writeFileSync(source, text);
      return [path, { source }];
    }),
  );
}

async function start(run: Run, spec: ContainerSpec): Promise<boolean> {
  const { api, network, volumes, folder } = run;
  const { name, namespace = '' } = run.pod.metadata;
  const image = run.images[spec.name];
  if (image === undefined) throw new Error(`nothing stands for the image of ${spec.name}`);
  const mounts = (spec.volumeMounts ?? []).map(({ name: volume, mountPath, readOnly, subPath }) => [
    mountPath,
    { source: volumes.folderOf(volume, subPath), writable: readOnly !== true },
  ]);
  const readPodField = (path: string): string => readField(run.pod, path, network.address);
  const env = await buildEnvironment(spec, { api, namespace, readField: readPodField });
  if (run.stopping.aborted) return true;
  const userId = spec.securityContext?.runAsUser ?? run.spec.securityContext?.runAsUser;
  const container = startContainer(spec, {
    ...{ image, env, hostname: name.slice(0, 63), address: network.address, enter: network.enter },
    binds: { ...run.binds, ...run.files, ...Object.fromEntries(mounts) },
    ...(userId !== undefined && { userId }),
    logFolder: folder,
  });
  run.containers.set(spec.name, container);
  return true;
}

/** Tries until it succeeds, or the pod ends. */
async function insist({ pod, stopping, onProblem }: Run, attempt: () => Promise<boolean>): Promise<void> {
  while (!stopping.aborted) {
    const isDone = await attempt().catch((error: unknown) => {
      onProblem(`${pod.metadata.name}: ${messageOf(error)}`);
      return false;
    });
    if (isDone) return;
    await pause(everyMs, stopping);
  }
}

const hasSucceeded = ({ containers }: Run, { name }: ContainerSpec): boolean =>
  containers.get(name)?.program.exitCode() === 0;

async function startUp(run: Run): Promise<void> {
  const { initContainers = [], containers } = run.spec;
  await insist(run, () => run.volumes.prepare().then(() => true));
  for (const spec of initContainers) {
    await insist(run, () => start(run, spec));
    const isDone = async (): Promise<boolean> =>
      isSidecar(spec)
        ? ((await run.containers.get(spec.name)?.probe('startupProbe')) ?? false)
        : hasSucceeded(run, spec);
    await insist(run, isDone);
  }
  for (const spec of containers) await insist(run, () => start(run, spec));
  run.isInitialized = !run.stopping.aborted;
}

function mayRestart(run: Run, spec: ContainerSpec): boolean {
  if (isSidecar(spec)) return true;
  const { initContainers = [], restartPolicy = 'Always' } = run.spec;
  if (initContainers.includes(spec) || restartPolicy === 'OnFailure') return !hasSucceeded(run, spec);
  return restartPolicy === 'Always';
}

async function probeAll(run: Run): Promise<void> {
  const { containers, ready } = run;
  for (const { spec, program } of containers.values()) if (program.hasEnded()) ready.delete(spec.name);
  const isSteady = ready.size === containers.size;
  if (isSteady && performance.now() - run.probedAt < probeEveryMs) return;
  run.probedAt = performance.now();
  await Promise.all(
    [...containers.values()].map(async ({ spec, probe }) => {
      if (await probe('readinessProbe')) ready.add(spec.name);
      else ready.delete(spec.name);
    }),
  );
}

const stateOf = ({ network, containers, ready, isInitialized }: Run): PodState => ({
  address: network.address,
  containers,
  ready,
  isInitialized,
});

async function attend(run: Run): Promise<void> {
  const writeStatus = createStatusWriter(run.api, run.pod);
  const liveness = createLiveness();
  const step = async (): Promise<void> => {
    for (const container of run.containers.values()) {
      if (mayRestart(run, container.spec)) container.restartIfDue();
    }
    await probeAll(run);
    if (run.isInitialized) await liveness.checkIfDue(run.containers.values());
    await writeStatus(stateOf(run));
    if (run.isInitialized) await run.volumes.refreshIfDue(run.volumeSchedule());
  };
  while (!run.stopping.aborted) {
    // What waits for a Secret, or for an API server that restarts, is tried again.
    const error = await step().then(() => undefined, messageOf);
    if (error !== undefined) run.onProblem(`${run.pod.metadata.name}: ${error}`);
    else if (['Succeeded', 'Failed'].includes(phaseOf(run.pod, stateOf(run)))) break;
    await pause(everyMs, run.stopping);
  }
}

function createRun(pod: KubeObject, surroundings: PodSurroundings, stopping: AbortSignal): Run {
  const { api } = surroundings;
  const { uid = '', namespace = '' } = pod.metadata;
  const folder = join(surroundings.folder, uid);
  mkdirSync(folder, { recursive: true });
  const network = createPodNetwork();
  const spec = specOf(pod);
  const volumes = createPodVolumes(join(folder, 'volumes'), spec.volumes ?? [], {
    ...{ api, namespace, readToken: createTokenReader(api, pod) },
    readField: (path) => readField(run.pod, path, network.address),
  });
  const run: Run = {
    ...surroundings,
    ...{ folder, pod, spec, network, volumes, stopping },
    files: writePodFiles(folder, pod, network.address),
    containers: new Map(),
    ready: new Set(),
    isInitialized: false,
    probedAt: 0,
  };
  return run;
}

async function stopContainers({ spec, containers, network }: Run, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  const stopAll = (specs: readonly ContainerSpec[]): Promise<unknown> => {
    const leftMs = Math.max(0, deadline - performance.now());
    return Promise.all(specs.flatMap(({ name }) => containers.get(name)?.stop(leftMs) ?? []));
  };
  await stopAll(spec.containers);
  // Sidecars end last, in the opposite order.
  for (const sidecar of (spec.initContainers ?? []).toReversed()) await stopAll([sidecar]);
  network.remove();
}

/** Starts a pod: init containers in their order, sidecars among them, then the others together. */
export function startPod(pod: KubeObject, surroundings: PodSurroundings): PodProcess {
  const stopping = new AbortController();
  const run = createRun(pod, surroundings, stopping.signal);
  const working = Promise.all([startUp(run), attend(run)]);
  const { name, namespace = '', labels = {} } = pod.metadata;
  return {
    ...{ name, namespace, labels, address: run.network.address, containers: run.containers },
    get programs() {
      return new Map([...run.containers].map(([key, { program }]) => [key, program]));
    },
    isReady: () => run.isInitialized && run.spec.containers.every((spec) => run.ready.has(spec.name)),
    update: (next) => {
      run.pod = next;
      run.volumes.markChanged();
    },
    stop: async (withinMs) => {
      stopping.abort();
      await working;
      await stopContainers(run, withinMs);
    },
  };
}
