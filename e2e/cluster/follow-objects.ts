import { setTimeout as delay } from 'node:timers/promises';
import type { KubeApi, KubeObject, WatchEvent } from './kube-api.ts';

/** The objects of one kind as the API server has them. */
export interface FollowedObjects {
  all(): readonly KubeObject[];
  stop(): Promise<void>;
}

/** How long nothing is asked of a server that does not answer. */
const retryMs = 100;

/**
 * Lists objects and watches them, again when the server ends it or restarts.
 * @param onChange - called after each change
 */
export function followObjects(api: KubeApi, path: string, onChange: () => void): FollowedObjects {
  const stopping = new AbortController();
  let objects = new Map<string, KubeObject>();
  const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

  const onEvent = ({ type, object }: WatchEvent): void => {
    if (type === 'ERROR') throw new Error(JSON.stringify(object));
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') objects.delete(keyOf(object));
    else objects.set(keyOf(object), object);
    onChange();
  };

  const follow = async (): Promise<void> => {
    const { status, body } = await api.request('GET', path);
    if (status !== 200) return;
    const items = (body['items'] ?? []) as KubeObject[];
    objects = new Map(items.map((object) => [keyOf(object), object]));
    onChange();
    const version = body.metadata.resourceVersion ?? '';
    await api.watch(`${path}?watch=1&resourceVersion=${version}`, onEvent, stopping.signal);
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await follow().catch(() => undefined);
      await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const looping = loop();
  return {
    all: () => [...objects.values()],
    stop: async () => {
      stopping.abort();
      await looping;
    },
  };
}
