import type { HeaderChanges } from '@aigw/translator';
import type { BackendAuthenticator } from './backend-auth.ts';
import { createRefusal } from './refusal.ts';

/** One header with a key. White space around the key, as files have it at their end, does not count. */
export function createFixedHeader(
  name: string,
  key: string,
  format: (key: string) => string,
): BackendAuthenticator {
  const trimmed = key.trim();
  if (trimmed === '') return createRefusal('the API key of this backend is empty');
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    return createRefusal('the API key of this backend holds characters that no header can carry');
  }
  const changes: HeaderChanges = { set: [[name, format(trimmed)]], remove: [] };
  return { apply: () => changes };
}
