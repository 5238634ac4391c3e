import { errorTypesOf } from '../../error-types.ts';
import type { ResponseFailure } from '../../translator.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/json-document.ts';
import { objectOf, stringOf } from '../json-fields.ts';

/**
 * One event of a streamed message, of a type that we know or not.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export interface MessageEvent {
  readonly type: string;
  /** Its JSON, as the provider wrote it. */
  readonly data: string;
  readonly value: JsonObject;
  /** Set when the event says that the stream has failed. */
  readonly failure?: ResponseFailure;
}

/** Events out of the bytes of a stream; the framing differs between providers. */
export interface MessageEventSource {
  /** Feeds the next bytes. Iterate at once; broken framing throws TranslationError in its place. */
  push(bytes: Uint8Array): Iterable<MessageEvent>;
  /** The stream ended. @throws TranslationError when it ended inside a frame. */
  end(): Iterable<MessageEvent>;
}

/** Reads one event; undefined for what is no JSON object with a `type`. */
export function parseMessageEvent(data: string): MessageEvent | undefined {
  const value = parseObject(data);
  const type = stringOf(value?.['type']);
  if (!value || type === undefined) return undefined;
  return { type, data, value, ...(type === 'error' && { failure: errorEventFailure(value) }) };
}

function parseObject(data: string): JsonObject | undefined {
  try {
    const value = JSON.parse(data) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What an event or a body of `type: "error"` reports. */
function errorEventFailure(value: JsonObject): ResponseFailure {
  const error = objectOf(value['error']) ?? {};
  const code = stringOf(error['type']) ?? 'api_error';
  const message = stringOf(error['message']) ?? 'The provider ended the stream with an error';
  return { code, message, status: errorTypesOf(code, 500).status };
}
