import { z } from 'zod';

type AnySchema = z.core.$ZodTypes;

const loosenShape = (shape: Readonly<Record<string, z.core.$ZodType>>): Record<string, z.ZodType> =>
  Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, loosen(field)]));

/**
 * The schema without what the definition of its kind checks already: unknown fields are dropped, patterns, limits, lists of
 * values and rules are not looked at. Only the types of JSON and defaults remain.
 */
export function loosen(schema: z.core.$ZodType): z.ZodType {
  const { def } = (schema as AnySchema)._zod;
  switch (def.type) {
    case 'object':
      return z.object(loosenShape(def.shape));
    case 'array':
      return z.array(loosen(def.element));
    case 'record':
      return z.record(z.string(), loosen(def.valueType));
    case 'union':
      return z.union(def.options.map(loosen));
    case 'optional':
      return loosen(def.innerType).optional();
    case 'nullable':
      return loosen(def.innerType).nullable();
    case 'default':
      return loosen(def.innerType).default(def.defaultValue);
    case 'string':
    case 'enum':
      return z.string();
    case 'number':
      return z.number();
    default:
      return schema as z.ZodType;
  }
}
