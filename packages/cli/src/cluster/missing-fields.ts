/** As much of a structural schema as tells which fields it has. @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema */
export interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

/** The fields of one schema that another one does not have, as paths such as `spec.rules[].name`; without those below them. */
export function findMissingFields(wanted: Schema | undefined, live: Schema | undefined, path = ''): string[] {
  if (wanted === undefined || live?.['x-kubernetes-preserve-unknown-fields'] === true) return [];
  if (live === undefined) return [path === '' ? 'any field' : path];
  const fields = Object.entries(wanted.properties ?? {}).flatMap(([name, inner]) =>
    findMissingFields(inner, live.properties?.[name], path === '' ? name : `${path}.${name}`),
  );
  return [
    ...fields,
    ...findMissingFields(wanted.items, live.items, `${path}[]`),
    ...findMissingFields(schemaIn(wanted), schemaIn(live), `${path}.*`),
  ];
}

const schemaIn = ({ additionalProperties }: Schema): Schema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

/** A schema as the API server gives it back: without empty `properties`. */
export function asStored(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asStored);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([name, value]: [string, unknown]) =>
      name !== 'properties' || Object.keys(Object(value) as object).length > 0,
  );
  return Object.fromEntries(kept.map(([name, value]: [string, unknown]) => [name, asStored(value)]));
}
