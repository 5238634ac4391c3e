import type { JsonDocument, JsonPath } from './json-document.ts';
import type { JsonMember } from './json-scan.ts';

/** One change: `value` is JSON text, or undefined to remove the member. Only the last step may be missing from the document. */
export interface JsonEdit {
  readonly path: JsonPath;
  readonly value: string | undefined;
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const utf8 = new TextEncoder();

/**
 * The document with some members set, added (at the end of their object) or removed; every other byte stays as it is.
 * Removing what is not there does nothing. A name that repeats is reduced to one.
 * @throws RangeError when an edit names a parent that is not a container, or edits overlap.
 */
export function spliceJson(document: JsonDocument, edits: readonly JsonEdit[]): Uint8Array {
  const replacements = groupByParent(edits).flatMap((edit) => editContainer(document, edit));
  replacements.sort((a, b) => a.start - b.start || a.end - b.end);
  let text = '';
  let offset = 0;
  for (const replacement of replacements) {
    if (replacement.start < offset) throw new RangeError('Overlapping JSON edits');
    text += document.text.slice(offset, replacement.start) + replacement.text;
    offset = replacement.end;
  }
  return utf8.encode(text + document.text.slice(offset));
}

interface ContainerEdits {
  readonly parent: JsonPath;
  readonly changes: Map<string | number, string | undefined>;
}

function groupByParent(edits: readonly JsonEdit[]): ContainerEdits[] {
  const groups = new Map<string, ContainerEdits>();
  for (const { path, value } of edits) {
    const parent = path.slice(0, -1);
    const name = JSON.stringify(parent);
    const group = groups.get(name) ?? { parent, changes: new Map<string | number, string | undefined>() };
    groups.set(name, group);
    group.changes.set(path.at(-1) ?? '', value);
  }
  return [...groups.values()];
}

function editContainer(document: JsonDocument, { parent, changes }: ContainerEdits): Replacement[] {
  const container = document.containerAt(parent);
  if (!container) throw new RangeError(`No JSON container at ${JSON.stringify(parent)}`);
  const { members } = container;
  const lastOf = new Map(members.map((member) => [member.key, member]));
  const isKept = (member: JsonMember): boolean =>
    !changes.has(member.key) || (changes.get(member.key) !== undefined && lastOf.get(member.key) === member);
  const kept = members.filter(isKept);
  const replaced = kept.flatMap(({ key, start, end }) => {
    const text = changes.get(key);
    return text === undefined ? [] : [{ start, end, text }];
  });
  const removed = members.flatMap((member, index) =>
    isKept(member) ? [] : [removal(members, index, (kept[0]?.start ?? Infinity) < member.start)],
  );
  const added = [...changes].flatMap(([key, value]) =>
    value === undefined || lastOf.has(key) ? [] : [`${JSON.stringify(key)}:${value}`],
  );
  if (added.length === 0) return [...replaced, ...removed];
  const at = kept.at(-1)?.end ?? container.start + 1;
  return [
    ...replaced,
    ...removed,
    { start: at, end: at, text: (kept.length > 0 ? ',' : '') + added.join(',') },
  ];
}

/** A removed member goes with the comma before it, or with the one after it where nothing is kept in front. */
function removal(members: readonly JsonMember[], index: number, isAfterKept: boolean): Replacement {
  const { keyStart, end } = members[index] ?? { keyStart: 0, end: 0 };
  if (isAfterKept) return { start: members[index - 1]?.end ?? keyStart, end, text: '' };
  return { start: keyStart, end: members[index + 1]?.keyStart ?? end, text: '' };
}
