import { TranslationError } from './errors.ts';
import {
  isJsonObject,
  parseJsonDocument,
  parseJsonText,
  type JsonDocument,
  type JsonObject,
} from './wire/json-document.ts';

/** A JSON object that a provider sent, with access to its source text. */
export interface UpstreamObject {
  readonly document: JsonDocument;
  readonly value: JsonObject;
}

/**
 * Parses what a provider sent, bytes or text.
 * @throws TranslationError `upstream_error` when it is not a JSON object.
 */
export function parseUpstreamObject(source: Uint8Array | string): UpstreamObject {
  const document = parse(source);
  if (!isJsonObject(document.value)) throw unreadable(undefined);
  return { document, value: document.value };
}

function parse(source: Uint8Array | string): JsonDocument {
  try {
    return typeof source === 'string' ? parseJsonText(source) : parseJsonDocument(source);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): TranslationError {
  return new TranslationError('upstream_error', 'The provider sent something that is not a JSON object', {
    cause,
  });
}
