/** Metadata as the API server serves it. */
export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
  }[];
}

/** Any object of the API server; what is inside is read where it is needed. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
}

/** True for an object that is not there, or that is being deleted: nothing is made for it any more. */
export const isGone = (object: KubeObject | undefined): boolean =>
  object === undefined || object.metadata.deletionTimestamp !== undefined;

/** What tells an object from others of its kind: `namespace/name`, or its name alone. */
export type ObjectKey = string;

export function keyOfMetadata({ namespace, name }: Pick<KubeMetadata, 'namespace' | 'name'>): ObjectKey {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The parts of a key. */
export function splitKey(key: ObjectKey): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, Math.max(slash, 0)), name: key.slice(slash + 1) };
}
