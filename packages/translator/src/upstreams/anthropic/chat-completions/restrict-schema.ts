import { isJsonObject, type JsonObject, type JsonValue } from '../../../wire/json-document.ts';

/** Keywords that structured output does not enforce and refuses. */
const refused: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'not',
  'if',
  'then',
  'else',
]);

/** Keywords whose members are schemas by name, so that the names are no keywords. */
const namedSchemas: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
/** Keywords that hold data. */
const plainData: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required']);

/**
 * A JSON schema within what structured output takes: objects are closed, `oneOf` is `anyOf`,
 * and what cannot be enforced is told to the model in the description.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs
 */
export function restrictSchema(schema: JsonObject): JsonObject {
  const told = Object.entries(schema).filter(([key, value]) => isRefused(key, value));
  const kept = Object.entries(schema).filter(([key, value]) => !isRefused(key, value));
  const restricted: JsonObject = Object.fromEntries(
    kept.map(([key, value]) => [key === 'oneOf' ? 'anyOf' : key, restrictMember(key, value)]),
  );
  if (isObjectSchema(schema)) restricted['additionalProperties'] = false;
  if (told.length > 0) restricted['description'] = describe(schema['description'], Object.fromEntries(told));
  return restricted;
}

function isRefused(key: string, value: JsonValue): boolean {
  return refused.has(key) || (key === 'minItems' && value !== 0 && value !== 1);
}

function restrictMember(key: string, value: JsonValue): JsonValue {
  if (plainData.has(key)) return value;
  if (Array.isArray(value)) return value.map(restrictNested);
  if (!isJsonObject(value)) return value;
  if (!namedSchemas.has(key)) return restrictSchema(value);
  return Object.fromEntries(Object.entries(value).map(([name, nested]) => [name, restrictNested(nested)]));
}

function restrictNested(value: JsonValue): JsonValue {
  return isJsonObject(value) ? restrictSchema(value) : value;
}

function describe(description: JsonValue | undefined, told: JsonObject): string {
  const own = typeof description === 'string' && description !== '' ? `${description} ` : '';
  return `${own}(constraints: ${JSON.stringify(told)})`;
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  const isTyped = type === 'object' || (Array.isArray(type) && type.includes('object'));
  return isTyped || (type === undefined && isJsonObject(properties));
}
