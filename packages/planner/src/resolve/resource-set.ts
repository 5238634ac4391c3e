import { namespaceOf, type Resource } from '@aigw/api-types';
import type { ResourceEntry, ResourceSource } from '../problem.ts';
import type { ProblemLog, ProblemText } from './problem-log.ts';

export type KindOfResource = Resource['kind'];
export type ResourceOf<K extends KindOfResource> = Extract<Resource, { kind: K }>;

interface LocatedResource<out R extends Resource> {
  readonly resource: R;
  readonly source: ResourceSource;
}

/** A resource and where it came from. */
export type Located<K extends KindOfResource> = LocatedResource<ResourceOf<K>>;

/** Resources by kind and name; immutable. */
export interface ResourceSet {
  all<K extends KindOfResource>(kind: K): readonly Located<K>[];
  find<K extends KindOfResource>(kind: K, namespace: string, name: string): Located<K> | undefined;
}

/** `namespace/name`. */
export function keyOf(resource: {
  metadata: { namespace?: string | undefined; name?: string | undefined };
}): string {
  return `${namespaceOf(resource)}/${resource.metadata.name ?? ''}`;
}

const isKind = <K extends KindOfResource>(
  entry: ResourceEntry,
  kind: K,
): entry is ResourceEntry & Located<K> => entry.resource.kind === kind;

/** Indexes resources; of two with one name the first counts and the second is reported. */
export function createResourceSet(entries: readonly ResourceEntry[], log: ProblemLog): ResourceSet {
  const byKey = new Map<string, ResourceEntry>();
  for (const entry of entries) {
    const { resource } = entry;
    if (resource.kind === 'Ignored') continue;
    const key = `${resource.kind} ${keyOf(resource)}`;
    const first = byKey.get(key);
    if (first === undefined) byKey.set(key, entry);
    else
      log.error(
        entry,
        'metadata.name',
        `also defined in ${first.source.file}, document ${first.source.document}`,
      );
  }
  const known = [...byKey.values()];
  return {
    all: (kind) => known.filter((entry) => isKind(entry, kind)),
    find: (kind, namespace, name) => {
      const entry = byKey.get(`${kind} ${namespace}/${name}`);
      return entry !== undefined && isKind(entry, kind) ? entry : undefined;
    },
  };
}

/** What was looked for, and as a hint what there is of its kind in that namespace. */
export function describeMissing(
  set: ResourceSet,
  kind: KindOfResource,
  namespace: string,
  name: string,
): Exclude<ProblemText, string> {
  const existing = set
    .all(kind)
    .map(({ resource }) => keyOf(resource))
    .filter((key) => key.startsWith(`${namespace}/`));
  const shown = existing.slice(0, 8).join(', ') + (existing.length > 8 ? ', …' : '');
  const text = existing.length === 0 ? `there is none in namespace ${namespace}` : `there are ${shown}`;
  return { message: `${kind} ${namespace}/${name} does not exist`, hint: { namespace, text } };
}
