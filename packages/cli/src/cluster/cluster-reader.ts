import type { ApiClient, KubeObject, QueryParameters, ResourceType } from '@aigw/controller/kube';

import { codeOf } from '../errors.ts';
import { firstLineOf } from '../doctor/run-check.ts';
import { type Fact, found, missing, unread } from './fact.ts';

/** Reads a cluster, and changes nothing. What may not be read, or does not come in time, is a fact as well. */
export interface ClusterReader {
  get(path: string): Promise<Fact<KubeObject>>;
  /** Objects of a kind, in one namespace or in all; `missing` when the cluster does not have the kind. */
  list(type: ResourceType, where?: ListScope): Promise<Fact<readonly KubeObject[]>>;
  /** Logs and metrics. */
  text(path: string, query?: QueryParameters): Promise<Fact<string>>;
}

/** Which objects of a kind. */
export interface ListScope {
  readonly namespace?: string;
  readonly labelSelector?: string;
}

/** What a reader may take, and whose end it hears of. */
export interface ReaderLimits {
  /** For each request. */
  readonly timeoutMs: number;
  readonly stop: AbortSignal;
}

/** The root of a kind's paths. */
export const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** The path of one object; no namespace for those that have none. */
export function pathOf({ apiVersion, plural }: ResourceType, name: string, namespace?: string): string {
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${rootOf(apiVersion)}${scope}/${plural}/${encodeURIComponent(name)}`;
}

/** Kinds that only the doctor reads. */
export const clusterTypes = {
  GatewayClass: type('GatewayClass', 'gateway.networking.k8s.io/v1', 'gatewayclasses'),
  CustomResourceDefinition: type(
    'CustomResourceDefinition',
    'apiextensions.k8s.io/v1',
    'customresourcedefinitions',
  ),
  MutatingWebhookConfiguration: type(
    'MutatingWebhookConfiguration',
    'admissionregistration.k8s.io/v1',
    'mutatingwebhookconfigurations',
  ),
  EndpointSlice: type('EndpointSlice', 'discovery.k8s.io/v1', 'endpointslices'),
} as const;

function type(kind: string, apiVersion: string, plural: string): ResourceType {
  return { kind, apiVersion, plural };
}

/** Reads by an API client. */
export function createClusterReader(client: ApiClient, { timeoutMs, stop }: ReaderLimits): ClusterReader {
  const ask = async <T>(
    path: string,
    read: (answer: unknown) => T,
    more: { query?: QueryParameters; answer?: 'text' } = {},
  ): Promise<Fact<T>> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const signal = AbortSignal.any([timeout, stop]);
      return found(read(await client.request({ method: 'GET', path, signal, ...more })));
    } catch (thrown) {
      if (statusOf(thrown) === 404) return missing;
      return unread(timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(thrown));
    }
  };
  return {
    get: (path) => ask(path, (answer) => answer as KubeObject),
    list: ({ apiVersion, kind, plural }, { namespace, labelSelector } = {}) => {
      const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
      // Items of a list have no kind of their own.
      return ask(
        `${rootOf(apiVersion)}${scope}/${plural}`,
        (answer) => readItems(answer).map((item) => ({ ...item, apiVersion, kind }) as KubeObject),
        labelSelector === undefined ? {} : { query: { labelSelector } },
      );
    },
    text: (path, query) => ask(path, String, { answer: 'text', ...(query !== undefined && { query }) }),
  };
}

function readItems(answer: unknown): readonly object[] {
  return (Object(answer) as { items?: readonly object[] | null }).items ?? [];
}

function statusOf(thrown: unknown): number | undefined {
  const { status } = Object(thrown) as { status?: unknown };
  return typeof status === 'number' ? status : undefined;
}

/** What authenticates may be a program that is not there. */
function reasonOf(thrown: unknown): string {
  const line = firstLineOf(thrown);
  return codeOf(thrown) === 'ENOENT' ? `${line} (the program that the kubeconfig names to log in?)` : line;
}
