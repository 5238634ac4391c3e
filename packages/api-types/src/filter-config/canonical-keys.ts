import { z } from 'zod';
import { formatPath } from './config-path.ts';

type Path = readonly (string | number)[];

/**
 * A copy of a document with the letter case of its keys as the schema has it. Unknown keys are left out and named in
 * `unknown`; null means absent. An exact key wins over one in another letter case.
 */
export function canonicalizeKeys(value: unknown, schema: z.core.$ZodType, unknown: string[]): unknown {
  return canonicalize(value, schema, { path: [], unknown });
}

interface Place {
  readonly path: Path;
  readonly unknown: string[];
}

function canonicalize(value: unknown, schema: z.core.$ZodType, place: Place): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item: unknown, index) => canonicalize(item, inner.element, at(place, index)));
  }
  if (!isRecord(value)) return value;
  if (inner instanceof z.ZodRecord) {
    const { valueType } = inner;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== null)
        .map(([name, item]) => [name, canonicalize(item, valueType, at(place, name))]),
    );
  }
  return inner instanceof z.ZodObject ? canonicalizeObject(value, inner, place) : value;
}

function canonicalizeObject(value: Record<string, unknown>, schema: z.ZodObject, place: Place): unknown {
  const fields: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const byLowerCase = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const canonical = byLowerCase.get(name.toLowerCase());
    const field = canonical === undefined ? undefined : fields[canonical];
    if (canonical === undefined || field === undefined) {
      place.unknown.push(formatPath([...place.path, name]));
    } else if (item !== null && (name === canonical || !Object.hasOwn(value, canonical))) {
      result[canonical] = canonicalize(item, field, at(place, canonical));
    }
  }
  return result;
}

function at({ path, unknown }: Place, step: string | number): Place {
  return { path: [...path, step], unknown };
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional
  ) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
