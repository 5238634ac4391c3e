import { type KubeObject, keyOfMetadata, type ObjectKey } from '../kube/kube-object.ts';

/** Objects of one kind as they were last seen. */
export interface Store {
  get(key: ObjectKey): KubeObject | undefined;
  all(): readonly KubeObject[];
  /** Objects under a key of an index, in no particular order. */
  by(index: Index, key: string): readonly KubeObject[];
}

/** Under which keys an object is to be found; declared once, kept up to date by the store. */
export type Index = (object: KubeObject) => readonly string[];

/** A store that an informer fills. */
export interface WritableStore extends Store {
  put(object: KubeObject): void;
  remove(key: ObjectKey): void;
}

type Buckets = Map<string, Map<ObjectKey, KubeObject>>;

function drop(buckets: Buckets, index: Index, key: ObjectKey, object: KubeObject): void {
  for (const at of index(object)) {
    const bucket = buckets.get(at);
    bucket?.delete(key);
    if (bucket?.size === 0) buckets.delete(at);
  }
}

function add(buckets: Buckets, index: Index, key: ObjectKey, object: KubeObject): void {
  for (const at of index(object)) {
    const bucket = buckets.get(at);
    if (bucket === undefined) buckets.set(at, new Map([[key, object]]));
    else bucket.set(key, object);
  }
}

/** An empty store. An index is built when it is first asked for. */
export function createStore(): WritableStore {
  const objects = new Map<ObjectKey, KubeObject>();
  const indexes = new Map<Index, Buckets>();
  let listed: readonly KubeObject[] | undefined;

  const forget = (key: ObjectKey): void => {
    const object = objects.get(key);
    if (object === undefined) return;
    for (const [index, buckets] of indexes) drop(buckets, index, key, object);
    objects.delete(key);
    listed = undefined;
  };

  return {
    get: (key) => objects.get(key),
    all: () => (listed ??= [...objects.values()]),
    by(index, at) {
      let buckets = indexes.get(index);
      if (buckets === undefined) {
        buckets = new Map();
        indexes.set(index, buckets);
        for (const [key, object] of objects) add(buckets, index, key, object);
      }
      return [...(buckets.get(at)?.values() ?? [])];
    },
    put(object) {
      const key = keyOfMetadata(object.metadata);
      forget(key);
      objects.set(key, object);
      for (const [index, buckets] of indexes) add(buckets, index, key, object);
      listed = undefined;
    },
    remove: forget,
  };
}
