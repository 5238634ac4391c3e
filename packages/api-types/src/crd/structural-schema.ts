import { z } from 'zod';
import { celRules, listTypes } from '../schema-kit.ts';
import { structuralForms } from './structural-forms.ts';

/** A node of a structural schema, as `openAPIV3Schema` has it. @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema */
export type StructuralSchema = z.core.JSONSchema.BaseSchema;

const preserveUnknown = 'x-kubernetes-preserve-unknown-fields';

/** What JSON has no narrower integers for is left out, and so is what a format already says. */
function simplify(node: StructuralSchema): void {
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
  if (node.minimum === Number.MIN_SAFE_INTEGER) delete node.minimum;
  if (node.type === 'integer') node.format = 'int64';
  if (node.format === 'date-time') delete node.pattern;
}

const annotations: ReadonlySet<string> = new Set(['title', 'description', preserveUnknown]);

/** True for a schema that any value fits, before or after it is marked as such. */
function isAnything(node: object): boolean {
  return Object.keys(node).every((key) => annotations.has(key));
}

/** The API server prunes what no property names; what is open keeps it instead. */
function closeObject(node: StructuralSchema): void {
  const { additionalProperties } = node;
  const isOpen = typeof additionalProperties === 'object' && isAnything(additionalProperties);
  if (additionalProperties === false || isOpen) delete node.additionalProperties;
  if (isOpen) node[preserveUnknown] = true;
}

function addExtensions(schema: z.core.$ZodType, node: StructuralSchema): void {
  const rules = celRules.get(schema)?.rules;
  if (rules !== undefined) {
    node['x-kubernetes-validations'] = rules.map(({ rule, message }) => ({ rule, message }));
  }
  const list = listTypes.get(schema);
  if (list === undefined) return;
  node['x-kubernetes-list-type'] = list.type;
  if (list.type === 'map') node['x-kubernetes-list-map-keys'] = [list.key];
}

/** The structural schema of what a user may write: descriptions, types, bounds, patterns, defaults, CEL rules and list types. */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  const { $schema: _dialect, ...root } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'openapi-3.0',
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema }) => {
      const form = structuralForms.get(zodSchema);
      if (form !== undefined) {
        for (const key of Object.keys(jsonSchema)) {
          if (!annotations.has(key)) Reflect.deleteProperty(jsonSchema, key);
        }
        Object.assign(jsonSchema, form);
        return;
      }
      if (isAnything(jsonSchema)) jsonSchema[preserveUnknown] = true;
      simplify(jsonSchema);
      closeObject(jsonSchema);
      addExtensions(zodSchema, jsonSchema);
    },
  });
  return root;
}
