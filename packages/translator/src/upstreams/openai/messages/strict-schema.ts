import { listOf, objectOf } from '../../../schemas/json-fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../wire/json-document.ts';

/**
 * True when OpenAI takes the schema with `strict`: every object in it lists all of its properties as required and allows no others.
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function isStrictSchema(schema: JsonObject): boolean {
  return isStrictObject(schema) && subschemas(schema).every(isStrictSchema);
}

function isStrictObject(schema: JsonObject): boolean {
  const properties = objectOf(schema['properties']);
  if (schema['type'] !== 'object' && !properties) return true;
  const required = new Set(listOf(schema['required']));
  return (
    schema['additionalProperties'] === false &&
    Object.keys(properties ?? {}).every((key) => required.has(key))
  );
}

function subschemas(schema: JsonObject): JsonObject[] {
  const named = ['properties', '$defs', 'definitions'].flatMap((key) =>
    Object.values(objectOf(schema[key]) ?? {}),
  );
  const listed: JsonValue[] = ['anyOf', 'allOf', 'oneOf', 'prefixItems'].flatMap((key) => [
    ...listOf(schema[key]),
  ]);
  return [...named, ...listed, schema['items']].filter(isJsonObject);
}
