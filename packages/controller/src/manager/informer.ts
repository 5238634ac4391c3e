import type { Logger } from '@aigw/service-runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, WatchEvent } from '../kube/api-client.ts';
import { hasStatus, KubeApiError } from '../kube/api-error.ts';
import { type KubeObject, keyOfMetadata } from '../kube/kube-object.ts';
import { collectionPath, type WatchedType } from '../kube/resource-types.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { createStore, type Store } from './store.ts';

/** What happened to an object; `before` and `after` are missing where it was not there. */
export interface Change {
  readonly kind: string;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

export interface InformerOptions {
  readonly type: WatchedType;
  readonly client: ApiClient;
  readonly logger: Logger;
  /** Called for each change, in order, after the store has it. */
  readonly onChange: (change: Change) => void;
}

/** Keeps a store like the API server's, by one list and watches after it. */
export interface Informer {
  readonly store: Store;
  /** Resolves when the first list is in the store, or when the cluster does not have an optional kind. */
  readonly synced: Promise<void>;
  /** Runs until the signal; never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

const pageSize = 500;
const absentDelayMs = 10_000;
/** An API server that is back is noticed this soon. */
const longestDelayMs = 10_000;

interface ListPage {
  readonly items?: readonly KubeObject[] | null;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

const appliedByKubectl = 'kubectl.kubernetes.io/last-applied-configuration';

/** What nobody reads is most of an object. */
function trimObject(object: KubeObject, { kind, apiVersion, trim }: WatchedType): KubeObject {
  const { managedFields: _fields, ...metadata } = object.metadata as KubeObject['metadata'] & {
    managedFields?: unknown;
  };
  const { [appliedByKubectl]: _applied, ...annotations } = metadata.annotations ?? {};
  const small = { ...object, kind, apiVersion, metadata: { ...metadata, annotations } };
  return trim?.(small) ?? small;
}

/** Another object under the same name, and one that changed, are both worth a look. */
const isSame = (left: KubeObject | undefined, right: KubeObject): boolean =>
  left !== undefined &&
  left.metadata.uid === right.metadata.uid &&
  left.metadata.resourceVersion === right.metadata.resourceVersion;

/** Every object, page by page, and the version to watch from. */
async function listAll(
  client: ApiClient,
  type: WatchedType,
  signal: AbortSignal,
): Promise<{ items: KubeObject[]; version: string }> {
  const { labelSelector, fieldSelector } = type;
  const path = collectionPath(type, type.namespace);
  const items: KubeObject[] = [];
  let token: string | undefined;
  for (;;) {
    const query = { labelSelector, fieldSelector, limit: pageSize, continue: token };
    const page = (await client.request({ method: 'GET', path, query, signal })) as ListPage;
    items.push(...(page.items ?? []));
    token = page.metadata?.continue;
    if (token === undefined || token === '') return { items, version: page.metadata?.resourceVersion ?? '' };
  }
}

/** A store that tells of its changes. */
function createMirror(type: WatchedType, onChange: (change: Change) => void): Mirror {
  const store = createStore();
  const remove = (object: KubeObject): void => {
    const key = keyOfMetadata(object.metadata);
    const before = store.get(key);
    if (before === undefined) return;
    store.remove(key);
    onChange({ kind: type.kind, before, after: undefined });
  };
  const put = (object: KubeObject): void => {
    const after = trimObject(object, type);
    const before = store.get(keyOfMetadata(after.metadata));
    if (isSame(before, after)) return;
    store.put(after);
    onChange({ kind: type.kind, before, after });
  };
  return {
    store,
    replaceAll(items) {
      const keys = new Set(items.map(({ metadata }) => keyOfMetadata(metadata)));
      for (const object of store.all()) if (!keys.has(keyOfMetadata(object.metadata))) remove(object);
      for (const object of items) put(object);
    },
    accept({ type: event, object }) {
      if (event === 'ERROR') {
        const { code, reason, message } = object as { code?: number; reason?: string; message?: string };
        throw new KubeApiError(code ?? 0, reason ?? 'Unknown', message ?? 'the watch was ended');
      }
      const seen = object as KubeObject;
      if (event === 'DELETED') remove(seen);
      else if (event !== 'BOOKMARK') put(seen);
      return seen.metadata.resourceVersion ?? '';
    },
  };
}

interface Mirror {
  readonly store: Store;
  replaceAll(items: readonly KubeObject[]): void;
  /** The version to watch from next. @throws KubeApiError when the server ends the watch with a reason. */
  accept(event: WatchEvent): string;
}

export function createInformer({ type, client, logger, onChange }: InformerOptions): Informer {
  const mirror = createMirror(type, onChange);
  const path = collectionPath(type, type.namespace);
  const selectors = { labelSelector: type.labelSelector, fieldSelector: type.fieldSelector };
  const limiter = createRateLimiter(5, longestDelayMs);
  let markSynced: () => void = () => undefined;
  const synced = new Promise<void>((resolve) => {
    markSynced = resolve;
  });

  /** Lists, then watches from there until something fails; a watch that ends is only continued. */
  const follow = async (signal: AbortSignal): Promise<void> => {
    const { items, version } = await listAll(client, type, signal);
    mirror.replaceAll(items);
    markSynced();
    let from = version;
    while (!signal.aborted) {
      for await (const event of client.watch(path, { ...selectors, resourceVersion: from }, signal)) {
        from = mirror.accept(event);
        limiter.forget(type.kind);
      }
    }
  };

  /** How long to wait after a failure. */
  const recover = (error: unknown): number => {
    // A server that has just started, or a definition that is being replaced, answers so as well: nothing that was seen is
    // taken for gone, and only what nothing depends on is not waited for.
    if (hasStatus(error, 404) && type.isOptional === true) {
      markSynced();
      return absentDelayMs;
    }
    // The version to watch from is too old: a list tells the new one.
    if (!hasStatus(error, 410)) logger.warn('watch failed; trying again', { kind: type.kind, error });
    return limiter.next(type.kind);
  };

  return {
    store: mirror.store,
    synced,
    async run(signal) {
      while (!signal.aborted) {
        const delay = await follow(signal).then(() => 0, recover);
        await sleep(delay, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
