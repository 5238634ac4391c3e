import { z } from 'zod';

/** A validation rule that the Kubernetes API server runs as CEL; here it is run as code, and its text goes into the CRD. */
export interface CelRule<T> {
  /** The CEL expression over `self`. */
  readonly rule: string;
  readonly message: string;
  /** Where the problem is shown, relative to the value. */
  readonly path?: readonly string[];
  holds(value: T): boolean;
}

/** The CEL rules of schemas, for the CRD generator. */
export const celRules: z.core.$ZodRegistry<{ rules: readonly { rule: string; message: string }[] }> =
  z.registry<{
    rules: readonly { rule: string; message: string }[];
  }>();

/** The schema with its rules checked, each with the message that the API server gives. */
export function withCelRules<S extends z.ZodType>(schema: S, rules: readonly CelRule<z.output<S>>[]): S {
  const checked = schema.superRefine((value, context) => {
    for (const rule of rules) {
      if (rule.holds(value)) continue;
      context.addIssue({ code: 'custom', message: rule.message, path: [...(rule.path ?? [])], input: value });
    }
  });
  celRules.add(checked, { rules: rules.map(({ rule, message }) => ({ rule, message })) });
  return checked;
}

/**
 * The schema with rules that the API server alone checks. Objects that are there already are read all the same: what is
 * wrong with them is said, and left out, where it is used.
 */
export function withAdmissionRules<S extends z.ZodType>(
  schema: S,
  rules: readonly Pick<CelRule<z.output<S>>, 'rule' | 'message'>[],
): S {
  celRules.add(schema, { rules });
  return schema;
}

/** An object that knows all its fields: any other is an error that names them. */
export function fields<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown field; known are ${Object.keys(shape).join(', ')}`
        : undefined,
  });
}

/** How the API server merges the items of a list; for the CRD generator. */
export const listTypes: z.core.$ZodRegistry<
  { readonly type: 'map'; readonly key: string } | { readonly type: 'set' }
> = z.registry();

/** A list whose items are told apart by a key, as `listType: map` has it. */
export function mapList<Item extends z.ZodType<Record<string, unknown>>>(
  item: Item,
  key: string,
  max: number,
  min = 0,
): z.ZodArray<Item> {
  const list = (min === 0 ? z.array(item) : z.array(item).min(min)).max(max).superRefine((items, context) => {
    const seen = new Set<unknown>();
    items.forEach((value, index) => {
      const id = (value as Record<string, unknown>)[key];
      if (seen.has(id)) {
        context.addIssue({
          code: 'custom',
          message: `duplicate ${key} ${JSON.stringify(id)}`,
          path: [index, key],
          input: value,
        });
      }
      seen.add(id);
    });
  });
  listTypes.add(list, { type: 'map', key });
  return list;
}

/** A list of different texts, as `listType: set` has it. */
export function setList(item: z.ZodString, max: number): z.ZodArray<z.ZodString> {
  const list = z
    .array(item)
    .max(max)
    .superRefine((items, context) => {
      items.forEach((value, index) => {
        if (items.indexOf(value) === index) return;
        const message = `duplicate ${JSON.stringify(value)}`;
        context.addIssue({ code: 'custom', message, path: [index], input: value });
      });
    });
  listTypes.add(list, { type: 'set' });
  return list;
}

/** The description of a field that is read so that a condition can say that nothing comes of it. */
export function unserved(text: string): string {
  return `${text} Accepted, not served.`;
}

/** A field that Kubernetes serves and that we accept without reading it. */
export const unread: z.ZodOptional<z.ZodUnknown> = z.unknown().optional();
