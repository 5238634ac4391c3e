import { TranslationError } from '../errors.ts';
import { scanMembers, skipValue, skipWhitespace, type JsonMember } from './json-scan.ts';

/** Any JSON value, as `JSON.parse` gives it. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object. An absent member reads as undefined. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Steps from the root of a document to one of its values. */
export type JsonPath = readonly (string | number)[];

const rawText = Symbol('rawText');

/** JSON source text that is to be written verbatim: `JSON.parse` would lose number precision and key order. */
export interface RawJson {
  readonly [rawText]: string;
}

/** Marks `text`, which must be one JSON value, to be written as it is by `encodeJson`. */
export function rawJson(text: string): RawJson {
  return { [rawText]: text };
}

/** Parsed JSON that can still give the source text of each of its values. */
export interface JsonDocument {
  readonly text: string;
  readonly value: JsonValue;
  /** The exact source text of the value at `path`; undefined when there is none. Of repeated names the last counts, as in `value`. */
  rawAt(path: JsonPath): string | undefined;
  /** Where the object or array at `path` begins, and its members in source order, repeated names included; undefined for other values. */
  containerAt(
    path: JsonPath,
  ): { readonly start: number; readonly members: readonly JsonMember[] } | undefined;
}

/** A document scans only the containers that it is asked about, each once. */
class ScannedDocument implements JsonDocument {
  readonly text: string;
  readonly value: JsonValue;
  readonly #containers = new Map<number, readonly JsonMember[] | undefined>();
  readonly #indexes = new Map<number, ReadonlyMap<string | number, JsonMember>>();

  constructor(text: string, value: JsonValue) {
    this.text = text;
    this.value = value;
  }

  rawAt(path: JsonPath): string | undefined {
    const span = this.#locate(path);
    return span && this.text.slice(span.start, span.end);
  }

  containerAt(
    path: JsonPath,
  ): { readonly start: number; readonly members: readonly JsonMember[] } | undefined {
    const start = this.#locate(path)?.start;
    const members = start === undefined ? undefined : this.#membersFrom(start);
    return start === undefined || !members ? undefined : { start, members };
  }

  #locate(path: JsonPath): { readonly start: number; readonly end: number } | undefined {
    let start = skipWhitespace(this.text, 0);
    let member: JsonMember | undefined;
    for (const key of path) {
      member = this.#indexFrom(start).get(key);
      if (!member) return undefined;
      start = member.start;
    }
    return member ?? { start, end: skipValue(this.text, start) };
  }

  #membersFrom(start: number): readonly JsonMember[] | undefined {
    if (!this.#containers.has(start)) this.#containers.set(start, scanMembers(this.text, start));
    return this.#containers.get(start);
  }

  #indexFrom(start: number): ReadonlyMap<string | number, JsonMember> {
    const known = this.#indexes.get(start);
    if (known) return known;
    const index = new Map(this.#membersFrom(start)?.map((member) => [member.key, member]));
    this.#indexes.set(start, index);
    return index;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a body. A byte order mark is tolerated.
 * @throws TranslationError `invalid_request` when the bytes are not UTF-8 or not JSON.
 */
export function parseJsonDocument(bytes: Uint8Array): JsonDocument {
  return parseJsonText(decodeUtf8(bytes));
}

/** As `parseJsonDocument`, for text. @throws TranslationError `invalid_request` when it is not JSON. */
export function parseJsonText(text: string): JsonDocument {
  return new ScannedDocument(text, parseText(text));
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new TranslationError('invalid_request', 'The body is not valid UTF-8', { cause });
  }
}

function parseText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TranslationError('invalid_request', `The body is not valid JSON: ${reason}`, { cause });
  }
}

/** What `encodeJson` takes: JSON values whose leaves may be source text. Members that are undefined are left out. */
export type EncodableJson =
  | null
  | boolean
  | number
  | string
  | RawJson
  | readonly EncodableJson[]
  | { readonly [key: string]: EncodableJson | undefined };

/** Compact JSON text of `value`; `RawJson` leaves stand in it unchanged. */
export function encodeJson(value: EncodableJson): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isRawJson(value)) return value[rawText];
  if (isList(value)) return `[${value.map(encodeJson).join(',')}]`;
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${encodeJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function isRawJson(value: object): value is RawJson {
  return rawText in value;
}

function isList(value: object): value is readonly EncodableJson[] {
  return Array.isArray(value);
}

/** Narrows to a JSON object: neither null nor a list. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
