import type { KubeApi } from '../kube-api.ts';
import type { ContainerSpec, EnvironmentVariable } from './pod-spec.ts';
import { readReference } from './volumes.ts';

/** Where the values of variables come from. */
export interface EnvironmentSources {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly readField: (path: string) => string;
}

/** Where the API server is for pods, as every container is told. */
const ofEveryContainer = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

async function readValue(
  { value = '', valueFrom }: EnvironmentVariable,
  { api, namespace, readField }: EnvironmentSources,
): Promise<string> {
  const { fieldRef, secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (fieldRef !== undefined) return readField(fieldRef.fieldPath);
  const reference = secretKeyRef ?? configMapKeyRef;
  if (reference === undefined) return value;
  const { name, key, optional = false } = reference;
  const resource = secretKeyRef === undefined ? 'configmaps' : 'secrets';
  const items = [{ key, path: key }];
  const [entry] = await readReference(api, namespace, { resource, name, optional, items });
  if (entry === undefined && !optional) throw new Error(`${resource} "${name}" has no key "${key}"`);
  return entry?.[1].toString('utf8') ?? '';
}

/** The environment of a container. @throws Error for a reference that is missing */
export async function buildEnvironment(
  { env = [] }: ContainerSpec,
  sources: EnvironmentSources,
): Promise<Record<string, string>> {
  const values = await Promise.all(env.map((variable) => readValue(variable, sources)));
  return { ...ofEveryContainer, ...Object.fromEntries(env.map(({ name }, at) => [name, values[at] ?? ''])) };
}
