import { chmodSync, mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { KubeApi, KubeObject } from '../kube-api.ts';
import { plainEnvironment, type Program, startProgram } from '../program.ts';
import { type Sandbox, sandboxArguments } from '../sandbox.ts';
import { waitUntil } from '../../src/wait-until.ts';
import { isSame, readVolume, type Volume, writeVolume } from './volumes.ts';

/** What stands for the images of containers: the program of each, and what it needs of this machine. */
export interface ContainerPrograms {
  readonly [container: string]: { readonly command: readonly string[]; readonly binds: Sandbox['binds'] };
}

/** A pod whose containers run as processes. */
export interface PodProcess {
  readonly name: string;
  readonly programs: ReadonlyMap<string, Program>;
  /** Brings volumes to what the API server has. */
  refreshVolumes(): Promise<void>;
  /** Asks every readiness probe. */
  probe(): Promise<ReadonlyMap<string, boolean>>;
  stop(): Promise<void>;
}

interface ContainerSpec {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    name: string;
    value?: string;
    valueFrom?: { fieldRef?: { fieldPath: string } };
  }[];
  readonly volumeMounts?: readonly { name: string; mountPath: string; readOnly?: boolean }[];
  readonly ports?: readonly { name?: string; containerPort: number }[];
  readonly readinessProbe?: { readonly httpGet?: { readonly path: string; readonly port: number | string } };
  readonly securityContext?: { readonly runAsUser?: number; readonly readOnlyRootFilesystem?: boolean };
}

interface PodSpec {
  readonly containers: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly volumes?: readonly Volume[];
}

interface PodOptions {
  readonly api: KubeApi;
  readonly pod: KubeObject;
  readonly folder: string;
  readonly programs: ContainerPrograms;
  /** Bound into every container. */
  readonly binds: Sandbox['binds'];
}

function environmentOf({ env = [] }: ContainerSpec, { metadata }: KubeObject): Record<string, string> {
  const fields: Record<string, string> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace ?? '',
  };
  return Object.fromEntries(
    env.map(({ name, value, valueFrom }) => [
      name,
      value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ''] ?? '',
    ]),
  );
}

/** `$(NAME)` in an argument is a variable. */
const expand = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);

/** There is one processor for all workers of a proxy here. */
function adaptArguments(name: string, args: readonly string[]): string[] {
  if (name !== 'envoy') return [...args];
  return [...args.filter((arg) => arg !== '--cpuset-threads'), '--concurrency', '1'];
}

function isReachable(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, path, timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.once('timeout', () => sent.destroy());
    sent.once('error', () => {
      resolve(false);
    });
    sent.end();
  });
}

function probeOf({ readinessProbe, ports = [] }: ContainerSpec): () => Promise<boolean> {
  const { path, port } = readinessProbe?.httpGet ?? {};
  if (path === undefined || port === undefined) return () => Promise.resolve(true);
  const number = typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort;
  return () => isReachable(number ?? 0, path);
}

/** Starts a pod's containers, native sidecars first, each once the one before it is ready. */
export async function startPod(options: PodOptions): Promise<PodProcess> {
  const { api, pod, folder, programs: known } = options;
  const { name, namespace = '' } = pod.metadata;
  const { containers, initContainers = [], volumes = [] } = pod['spec'] as PodSpec;
  const written = new Map<string, ReadonlyMap<string, Buffer>>();
  const volumeFolder = (volume: string): string => join(folder, 'volumes', volume);

  const refreshVolumes = async (): Promise<void> => {
    for (const volume of volumes) {
      const files = await readVolume(api, namespace, volume);
      if (files === undefined || isSame(written.get(volume.name), files)) continue;
      writeVolume(volumeFolder(volume.name), files);
      written.set(volume.name, files);
    }
  };

  const start = (container: ContainerSpec): Program | undefined => {
    const program = known[container.name];
    if (program === undefined) return undefined;
    const env = environmentOf(container, pod);
    const mounts = Object.fromEntries(
      (container.volumeMounts ?? []).map((mount) => [
        mount.mountPath,
        { source: volumeFolder(mount.name), writable: mount.readOnly !== true },
      ]),
    );
    const { runAsUser, readOnlyRootFilesystem = false } = container.securityContext ?? {};
    const sandbox = sandboxArguments({
      binds: { ...options.binds, ...program.binds, ...mounts },
      ...(runAsUser !== undefined && { userId: runAsUser }),
      readOnlyRoot: readOnlyRootFilesystem,
    });
    const args = adaptArguments(container.name, container.args ?? []).map((arg) => expand(arg, env));
    return startProgram(container.name, 'bwrap', {
      args: [...sandbox, ...program.command, ...args],
      env: { ...plainEnvironment(), ...env },
      logFolder: folder,
    });
  };

  for (const { name: volume } of volumes) {
    mkdirSync(volumeFolder(volume), { recursive: true });
    chmodSync(volumeFolder(volume), 0o777);
  }
  await refreshVolumes();
  const running = new Map<string, Program>();
  const probes = new Map<string, () => Promise<boolean>>();
  const stop = async (): Promise<void> => {
    // Native sidecars end last.
    for (const program of [...running.values()].reverse()) await program.stop();
  };
  for (const container of [...initContainers, ...containers]) {
    const program = start(container);
    if (program === undefined) continue;
    running.set(container.name, program);
    probes.set(container.name, probeOf(container));
    if (!initContainers.includes(container)) continue;
    await waitUntil(`${container.name} ready`, probeOf(container), { withinMs: 30_000 }).catch(
      async (error: unknown) => {
        const log = program.log().slice(-3000);
        await stop();
        throw new Error(`${String(error)}\n${log}`, { cause: error });
      },
    );
  }
  return {
    name,
    programs: running,
    refreshVolumes,
    probe: async () => {
      const answers = [...probes].map(async ([container, ask]) => {
        const isRunning = running.get(container)?.hasEnded() === false;
        return [container, isRunning && (await ask())] as const;
      });
      return new Map(await Promise.all(answers));
    },
    stop,
  };
}
