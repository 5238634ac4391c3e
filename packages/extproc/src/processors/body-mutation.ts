import type { HttpBodyMutation } from '@aigw/api-types';
import { parseJsonDocument, spliceJson } from '@aigw/translator';

/** A body with top-level fields set and removed as the backend's configuration wants; the same bytes when there is nothing to do. */
export function mutateBody(body: Uint8Array, mutation: HttpBodyMutation | undefined): Uint8Array {
  if (mutation === undefined || mutation.set.length + mutation.remove.length === 0) return body;
  const edits = new Map<string, string | undefined>();
  for (const name of mutation.remove) edits.set(name, undefined);
  for (const { path, value } of mutation.set) edits.set(path, toJsonText(value));
  return spliceJson(
    parseJsonDocument(body),
    [...edits].map(([name, value]) => ({ path: [name], value })),
  );
}

/** Values are JSON text; what does not parse is a plain string. */
function toJsonText(value: string): string {
  try {
    JSON.parse(value);
    return value;
  } catch {
    return JSON.stringify(value);
  }
}
