import type { WarningCollector } from '../warnings.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../wire/json-document.ts';

/** Keywords that structured output does not enforce and refuses. */
const refusedKeywords: ReadonlySet<string> = new Set([
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

/** A schema that structured output takes. */
export interface RestrictedSchema {
  readonly schema: JsonObject;
  /** Keywords that nothing enforces any more: the model is merely told of them. */
  readonly told: ReadonlySet<string>;
}

/**
 * A JSON schema within what structured output takes: objects are closed, `oneOf` is `anyOf`,
 * and what cannot be enforced is told to the model in the description.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function restrictSchema(schema: JsonObject): RestrictedSchema {
  const told = new Set<string>();
  return { schema: restrict(schema, told), told };
}

/** A warning where constraints are not enforced any more; `path` is the client's name for the format. */
export function warnOfTold({ told }: RestrictedSchema, path: string, warnings: WarningCollector): void {
  if (told.size > 0)
    warnings.change(path, `not enforced, only told to the model: ${[...told].sort().join(', ')}`);
}

function restrict(schema: JsonObject, told: Set<string>): JsonObject {
  const members = Object.entries(schema);
  const refused = members.filter(([key, value]) => isRefused(key, value, schema));
  const kept = members.filter(([key, value]) => !isRefused(key, value, schema));
  const restricted: JsonObject = Object.fromEntries(
    kept.map(([key, value]) => [key === 'oneOf' ? 'anyOf' : key, restrictMember(key, value, told)]),
  );
  if (isObjectSchema(schema)) restricted['additionalProperties'] = false;
  if (refused.length > 0)
    restricted['description'] = describe(schema['description'], Object.fromEntries(refused));
  for (const [key] of refused) told.add(key);
  return restricted;
}

function isRefused(key: string, value: JsonValue, schema: JsonObject): boolean {
  if (key === 'minItems') return value !== 0 && value !== 1;
  return refusedKeywords.has(key) || (key === 'oneOf' && 'anyOf' in schema);
}

function restrictMember(key: string, value: JsonValue, told: Set<string>): JsonValue {
  const nested = (inner: JsonValue): JsonValue => (isJsonObject(inner) ? restrict(inner, told) : inner);
  if (plainData.has(key)) return value;
  if (Array.isArray(value)) return value.map(nested);
  if (!isJsonObject(value)) return value;
  if (!namedSchemas.has(key)) return restrict(value, told);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, nested(inner)]));
}

function describe(description: JsonValue | undefined, told: JsonObject): string {
  const own = typeof description === 'string' && description !== '' ? `${description} ` : '';
  return `${own}(constraints: ${JSON.stringify(told)})`;
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  const isTyped = type === 'object' || (Array.isArray(type) && type.includes('object'));
  return isTyped || (type === undefined && isJsonObject(properties));
}
