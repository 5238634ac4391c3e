import { TranslationError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../wire/json-document.ts';

/** An object of the client's request together with where it stands there. */
export interface Located {
  readonly value: JsonObject;
  /** JSON path such as `messages[0]`; empty for the request itself. */
  readonly path: string;
}

/** The path of a member. */
export function pathOf(at: Located, key: string): string {
  return at.path === '' ? key : `${at.path}.${key}`;
}

/** A 400 about one field. */
export function invalidField(path: string, what: string): TranslationError {
  return new TranslationError('invalid_request', `${path} ${what}`, { param: path });
}

/** The member, with null read as absent. */
export function fieldOf(at: Located, key: string): JsonValue | undefined {
  return Object.hasOwn(at.value, key) ? (at.value[key] ?? undefined) : undefined;
}

/** @throws TranslationError `invalid_request` when the member is there and no string. */
export function stringField(at: Located, key: string): string | undefined {
  const value = fieldOf(at, key);
  if (value === undefined || typeof value === 'string') return value;
  throw invalidField(pathOf(at, key), 'must be a string');
}

/** @throws TranslationError `invalid_request` when the member is missing, or no string. */
export function requiredString(at: Located, key: string): string {
  const value = stringField(at, key);
  if (value === undefined || value === '')
    throw invalidField(pathOf(at, key), 'is missing: it must be a non-empty string');
  return value;
}

/** @throws TranslationError `invalid_request` when the member is there and no number. */
export function numberField(at: Located, key: string): number | undefined {
  const value = fieldOf(at, key);
  if (value === undefined || typeof value === 'number') return value;
  throw invalidField(pathOf(at, key), 'must be a number');
}

/** @throws TranslationError `invalid_request` when the member is there and no positive integer. */
export function positiveIntegerField(at: Located, key: string): number | undefined {
  const value = numberField(at, key);
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return value;
  throw invalidField(pathOf(at, key), 'must be a whole number of at least 1');
}

/** @throws TranslationError `invalid_request` when the member is there and no boolean. */
export function booleanField(at: Located, key: string): boolean | undefined {
  const value = fieldOf(at, key);
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidField(pathOf(at, key), 'must be true or false');
}

/** @throws TranslationError `invalid_request` when the member is there and no object. */
export function objectField(at: Located, key: string): Located | undefined {
  const value = fieldOf(at, key);
  if (value === undefined) return undefined;
  if (isJsonObject(value)) return { value, path: pathOf(at, key) };
  throw invalidField(pathOf(at, key), 'must be an object');
}

/** @throws TranslationError `invalid_request` when the member is missing, or no object. */
export function requiredObject(at: Located, key: string): Located {
  const value = objectField(at, key);
  if (!value) throw invalidField(pathOf(at, key), 'is missing: it must be an object');
  return value;
}

/** The elements of a list of objects; none when the member is absent. @throws TranslationError `invalid_request` for anything else. */
export function objectListField(at: Located, key: string): Located[] {
  const value = fieldOf(at, key);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalidField(pathOf(at, key), 'must be a list');
  return value.map((element, index) => {
    const path = `${pathOf(at, key)}[${index}]`;
    if (isJsonObject(element)) return { value: element, path };
    throw invalidField(path, 'must be an object');
  });
}
