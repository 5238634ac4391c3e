import type { JsonObject } from '../json.ts';

/** A reference that makes the garbage collector remove what it stands on together with its owner. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: true;
  readonly blockOwnerDeletion?: true;
}

export interface DesiredMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

/** An object as it is to be in the cluster: exactly the fields that are ours, for server-side apply. */
export interface DesiredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: DesiredMetadata;
  readonly spec?: JsonObject;
  /** Of a Secret: base64 by key. */
  readonly data?: Readonly<Record<string, string>>;
  readonly type?: string;
}

interface Owned {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid?: string | undefined };
}

/** The object with one owner more: the garbage collector leaves it until all of them are gone. */
export function alsoOwnedBy(desired: DesiredObject, { apiVersion, kind, metadata }: Owned): DesiredObject {
  const { name, uid } = metadata;
  if (uid === undefined) return desired;
  const { ownerReferences = [] } = desired.metadata;
  const more = { apiVersion, kind, name, uid };
  return { ...desired, metadata: { ...desired.metadata, ownerReferences: [...ownerReferences, more] } };
}

/** The reference to an owner as the API server serves it; none for one without a uid. */
export function ownedBy(owner: Owned): { ownerReferences?: readonly OwnerReference[] } {
  const { apiVersion, kind, metadata } = owner;
  if (metadata.uid === undefined) return {};
  const reference: OwnerReference = {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return { ownerReferences: [reference] };
}
