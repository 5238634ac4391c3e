import type { KubeObject } from '../kube-api.ts';
import type { Volume } from './volumes.ts';

/** What asks whether a container is well, or is called before it ends. */
export interface Action {
  readonly httpGet?: { readonly path?: string; readonly port: number | string };
  readonly tcpSocket?: { readonly port: number | string };
  readonly exec?: { readonly command: readonly string[] };
}

/** An action that is asked again and again. */
export interface Probe extends Action {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
  readonly timeoutSeconds?: number;
}

interface KeyReference {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

/** A variable of a container. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: KeyReference;
    readonly configMapKeyRef?: KeyReference;
  };
}

/** A container of a pod, as far as it means something here. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
    readonly subPath?: string;
  }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: Action };
  /** `Always` makes an init container a sidecar. */
  readonly restartPolicy?: string;
  readonly securityContext?: { readonly runAsUser?: number; readonly readOnlyRootFilesystem?: boolean };
}

/** The part of a pod that says what is to run. */
export interface PodSpec {
  readonly containers: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly volumes?: readonly Volume[];
  readonly nodeName?: string;
  readonly serviceAccountName?: string;
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  readonly securityContext?: { readonly runAsUser?: number };
}

export const specOf = (pod: KubeObject): PodSpec => pod['spec'] as PodSpec;

/** The path of a pod in the API. */
export const podPath = ({ metadata }: KubeObject): string =>
  `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name}`;

const lines = (record: Readonly<Record<string, string>> = {}): string =>
  Object.entries(record)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join('\n');

/** What a `fieldRef` names; empty for what is not there. */
export function readField(pod: KubeObject, path: string, address: string): string {
  const { metadata } = pod;
  const [, list, key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (list === 'labels' || list === 'annotations') return metadata[list]?.[key] ?? '';
  const { nodeName = '', serviceAccountName = '' } = specOf(pod);
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': lines(metadata.labels),
    'metadata.annotations': lines(metadata.annotations),
    'spec.nodeName': nodeName,
    'spec.serviceAccountName': serviceAccountName,
    'status.podIP': address,
  };
  return fields[path] ?? '';
}
