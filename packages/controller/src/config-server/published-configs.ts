import {
  filterConfigKeys,
  filterConfigPartName,
  filterConfigSecretName,
  gatewayAnnotation,
  parseFilterConfigIndex,
  type Sha256Hex,
} from '@aigw/planner';
import { type KubeObject, type ObjectKey, splitKey } from '../kube/kube-object.ts';
import { readSecretData } from '../kube/secret-data.ts';
import type { Change } from '../manager/informer.ts';
import type { Store } from '../manager/store.ts';

/** A filter configuration as its Secrets have it. */
export interface PublishedConfig {
  readonly checksum: string;
  readonly revision: number;
  /** UTF-8, for all answers the same: a copy for each proxy would be hundreds of megabytes. */
  readonly bytes: Buffer;
}

/** The proxies of a Gateway in one namespace: their configuration is in the same one. */
export interface ProxyIdentity {
  readonly namespace: string;
  readonly gateway: ObjectKey;
}

/** The filter configurations that are in the cluster, as this replica has seen it. */
export interface PublishedConfigs {
  /** `undefined` while there is none, or while it is being written. */
  find(proxy: ProxyIdentity): PublishedConfig | undefined;
  /** Resolves after the next change of a Gateway's Secrets, or when the signal aborts. */
  changed(proxy: ProxyIdentity, signal: AbortSignal): Promise<void>;
  /** To be told of every change of the cluster. */
  note(change: Change): void;
}

const waitKey = ({ namespace, gateway }: ProxyIdentity): string => `${namespace} ${gateway}`;

function readConfig(secrets: Store, index: KubeObject, sha256Hex: Sha256Hex): PublishedConfig | undefined {
  const { namespace = '', name } = index.metadata;
  const parsed = parseFilterConfigIndex(
    readSecretData(index, filterConfigKeys.index)?.toString('utf8') ?? '',
  );
  if (parsed === undefined) return undefined;
  const parts = parsed.parts.map((_part, number) =>
    readSecretData(secrets.get(`${namespace}/${filterConfigPartName(name, number)}`), filterConfigKeys.part),
  );
  const bytes = Buffer.concat(parts.filter((part) => part !== undefined));
  const { checksum, revision } = parsed;
  return sha256Hex(bytes.toString('utf8')) === checksum ? { checksum, revision, bytes } : undefined;
}

export function createPublishedConfigs(secrets: Store, sha256Hex: Sha256Hex): PublishedConfigs {
  const waiting = new Map<string, Set<() => void>>();
  const complete = new WeakMap<KubeObject, PublishedConfig>();

  return {
    find({ namespace, gateway }) {
      const { namespace: gatewayNamespace, name } = splitKey(gateway);
      const index = secrets.get(`${namespace}/${filterConfigSecretName(gatewayNamespace, name, sha256Hex)}`);
      if (index === undefined) return undefined;
      const before = complete.get(index);
      if (before !== undefined) return before;
      const config = readConfig(secrets, index, sha256Hex);
      if (config !== undefined) complete.set(index, config);
      return config;
    },
    changed: (proxy, signal) =>
      new Promise((resolve) => {
        const key = waitKey(proxy);
        const finish = (): void => {
          signal.removeEventListener('abort', finish);
          const others = waiting.get(key);
          others?.delete(finish);
          if (others?.size === 0) waiting.delete(key);
          resolve();
        };
        if (signal.aborted) {
          resolve();
          return;
        }
        signal.addEventListener('abort', finish);
        waiting.set(key, (waiting.get(key) ?? new Set()).add(finish));
      }),
    note({ kind, before, after }) {
      if (kind !== 'Secret') return;
      const { namespace = '', annotations } = (after ?? before)?.metadata ?? {};
      const gateway = annotations?.[gatewayAnnotation];
      if (gateway === undefined) return;
      for (const finish of [...(waiting.get(waitKey({ namespace, gateway })) ?? [])]) finish();
    },
  };
}
