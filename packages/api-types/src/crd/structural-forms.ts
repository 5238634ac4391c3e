import { z } from 'zod';
import { schemaNames } from '../filter-config/filter-config.ts';
import { VersionedAPISchema, versionedSchemaFields } from '../v1beta1/ai-service-backend.ts';

const text = (description: string): object => ({ type: 'string', description });

/** Schemas that structural schemas have another form for: a union of types is a value of any type with conditions on it. */
export const structuralForms: z.core.$ZodRegistry<Record<string, unknown>> = z.registry();

structuralForms.add(VersionedAPISchema, {
  'x-kubernetes-preserve-unknown-fields': true,
  anyOf: [
    { enum: [...schemaNames] },
    // An object: the conditions on properties do not hold texts back, so their length does.
    { required: ['name'], properties: { name: { enum: [...schemaNames] } }, maxLength: 0 },
  ],
  properties: {
    name: text(versionedSchemaFields.name),
    version: text(versionedSchemaFields.version),
    prefix: text(versionedSchemaFields.prefix),
  },
});
