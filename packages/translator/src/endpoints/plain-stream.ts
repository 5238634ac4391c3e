import type { ClientRequest } from '../translator.ts';
import type { JsonEdit } from '../wire/json-splice.ts';

/** `stream` as the boolean that it was taken for: a provider that reads the text in another way would answer in another form. */
export function plainStream({ document, stream }: Pick<ClientRequest, 'document' | 'stream'>): JsonEdit[] {
  const isText = document.rawAt(['stream'])?.startsWith('"') ?? false;
  return isText ? [{ path: ['stream'], value: String(stream) }] : [];
}
