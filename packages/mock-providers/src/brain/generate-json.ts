import { elementsOf, isJsonObject, numberOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

const maxDepth = 12;

/**
 * A value that fits a JSON schema, the same for the same schema and prompt. Required properties are filled,
 * optional ones left out; strings come from the prompt where something in it fits.
 * `ordinal` tells parallel calls apart: it picks the n-th place that the prompt names.
 */
export function generateJson(schema: JsonObject, prompt: string, ordinal = 0): unknown {
  return generate(schema, { prompt, ordinal, root: schema, depth: 0 });
}

interface Source {
  readonly prompt: string;
  readonly ordinal: number;
  readonly root: JsonObject;
  readonly depth: number;
}

function generate(schema: JsonObject, source: Source): unknown {
  if (source.depth > maxDepth) return null;
  const deeper = { ...source, depth: source.depth + 1 };
  const fixed = fixedValue(schema, source);
  if (fixed !== undefined) return fixed;
  const alternative = elementsOf(schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'])[0];
  if (alternative !== undefined) return generate({ ...objectOf(alternative) }, deeper);
  if (typeof schema['$ref'] === 'string') return generate(resolve(schema['$ref'], source.root), deeper);
  return generateTyped(schema, typeOf(schema), deeper);
}

function generateTyped(schema: JsonObject, type: string, source: Source): unknown {
  switch (type) {
    case 'object':
      return generateObject(schema, source);
    case 'array':
      return generateArray(schema, source);
    case 'integer':
    case 'number':
      return generateNumber(schema, type === 'integer', source);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return generateString(schema, source);
  }
}

function fixedValue(schema: JsonObject, { prompt }: Source): unknown {
  const options = elementsOf(schema['enum']);
  const mentioned = options.find(
    (option) => typeof option === 'string' && prompt.toLowerCase().includes(option.toLowerCase()),
  );
  return mentioned ?? options[0] ?? schema['const'] ?? schema['default'];
}

function typeOf(schema: JsonObject): string {
  const declared = elementsOf(schema['type'])[0] ?? schema['type'];
  return stringOf(declared) ?? (isJsonObject(schema['properties']) ? 'object' : 'string');
}

function resolve(reference: string, root: JsonObject): JsonObject {
  const steps = reference.split('/').slice(1);
  return steps.reduce<JsonObject>((at, step) => objectOf(at[step]), root);
}

function generateObject(schema: JsonObject, source: Source): JsonObject {
  const properties = objectOf(schema['properties']);
  const required = elementsOf(schema['required']).flatMap((name) => (typeof name === 'string' ? [name] : []));
  return Object.fromEntries(required.map((name) => [name, generate(objectOf(properties[name]), source)]));
}

function generateArray(schema: JsonObject, source: Source): unknown[] {
  const length = Math.min(Math.max(numberOf(schema['minItems']) ?? 1, 0), 100);
  return Array.from({ length }, () => generate(objectOf(schema['items']), source));
}

function generateNumber(schema: JsonObject, isInteger: boolean, { prompt }: Source): number {
  const inPrompt = /-?\d+(?:\.\d+)?/.exec(prompt)?.[0];
  const wanted = inPrompt === undefined ? 1 : Number(inPrompt);
  const step = isInteger ? 1 : 0.5;
  const low = numberOf(schema['minimum']) ?? above(schema['exclusiveMinimum'], step) ?? -Infinity;
  const high = numberOf(schema['maximum']) ?? above(schema['exclusiveMaximum'], -step) ?? Infinity;
  const bounded = Math.min(Math.max(wanted, low), high);
  return isInteger ? Math.min(Math.ceil(bounded), Math.floor(high)) : bounded;
}

function above(limit: unknown, step: number): number | undefined {
  const value = numberOf(limit);
  return value === undefined ? undefined : value + step;
}

function generateString(schema: JsonObject, { prompt, ordinal }: Source): string {
  const place = findPlaces(prompt)[ordinal];
  const example = findExample(schema);
  const isExampleMeant = place === undefined || (example?.startsWith(place) ?? false);
  const text = (isExampleMeant ? example : undefined) ?? place ?? (prompt.slice(0, 100).trim() || 'example');
  const least = numberOf(schema['minLength']) ?? 0;
  return text
    .padEnd(Math.min(least, 1000), '.')
    .slice(0, numberOf(schema['maxLength']) ?? text.length + least);
}

/** `examples`, or what the description gives after "e.g." or "for example". */
function findExample(schema: JsonObject): string | undefined {
  const listed = elementsOf(schema['examples']).find((example) => typeof example === 'string');
  const described = /(?:e\.g\.|for example|such as)[,:]? ["'`]?([^"'`;()\n]+)/i.exec(
    stringOf(schema['description']) ?? '',
  )?.[1];
  return stringOf(listed) ?? described?.trim().replace(/[.]$/, '');
}

/** The capitalised names that follow in, for, of, to, at: "in Paris and San Francisco" has two. */
export function findPlaces(prompt: string): string[] {
  const name = "\\p{Lu}[\\p{L}\\p{M}.'-]*(?: \\p{Lu}[\\p{L}\\p{M}.'-]*)*";
  const list = new RegExp(`\\b(?:in|for|of|to|at) (${name}(?:(?:, and |, | and )${name})*)`, 'gu');
  return Array.from(prompt.matchAll(list)).flatMap(([, names = '']) =>
    names.split(/, and |, | and /).map((place) => place.replace(/[.'-]+$/, '')),
  );
}
