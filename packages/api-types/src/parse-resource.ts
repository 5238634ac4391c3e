import { z } from 'zod';
import {
  clusterScopedKinds,
  type IgnoredResource,
  kubernetesOnlyKinds,
  type KnownResource,
  type Resource,
  resourceSchemas,
} from './kind-registry.ts';
import { loosen } from './loosen.ts';
import { aiGatewayGroup } from './v1beta1/api-versions.ts';

/** Something to change in a resource, or to know about it. */
export interface ResourceIssue {
  /** Such as `spec.rules[0].backendRefs[0].name`; empty for the resource as a whole. */
  readonly path: string;
  readonly message: string;
}

export type ParsedResource =
  | { readonly ok: true; readonly resource: Resource; readonly warnings: readonly ResourceIssue[] }
  | { readonly ok: false; readonly issues: readonly ResourceIssue[] };

const Identity = z.looseObject({
  apiVersion: z.string({ error: 'expected an API version such as v1' }).min(1),
  kind: z.string({ error: 'expected the kind of the resource' }).min(1),
  metadata: z.looseObject({ name: z.string().optional(), namespace: z.string().optional() }).nullish(),
});

const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

/** Groups are the domains of their vendors: a misspelt one is told from another vendor's kind by its last labels. */
const isNearGroup = (left: string, right: string): boolean =>
  left === right ||
  (right !== '' && left.split('.').slice(-2).join('.') === right.split('.').slice(-2).join('.'));

/** `spec.rules[0].name` of `['spec', 'rules', 0, 'name']`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = String(part);
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function convertIssue(issue: z.core.$ZodIssue): ResourceIssue[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: formatPath(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({ path: formatPath([...issue.path, key]), message: issue.message }));
}

function ignored(identity: z.output<typeof Identity>): ParsedResource {
  const { apiVersion, kind, metadata } = identity;
  const reason = kubernetesOnlyKinds.has(kind) ? 'KubernetesOnly' : 'Unknown';
  const resource: IgnoredResource = {
    kind: 'Ignored',
    apiVersion,
    originalKind: kind,
    metadata: {
      ...(metadata?.name !== undefined && { name: metadata.name }),
      ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
    },
    reason,
  };
  const message = `unknown kind ${kind} of ${apiVersion}: ignored`;
  return { ok: true, resource, warnings: reason === 'Unknown' ? [{ path: 'kind', message }] : [] };
}

function findSchemas(kind: string, apiVersion: string): (typeof resourceSchemas)[number][] {
  return resourceSchemas.filter(
    ({ shape }) =>
      shape.kind.value === kind &&
      shape.apiVersion.options.some((known) => isNearGroup(groupOf(apiVersion), groupOf(known))),
  );
}

function withNamespace(resource: KnownResource): KnownResource {
  if (clusterScopedKinds.has(resource.kind)) return resource;
  const { metadata } = resource;
  return { ...resource, metadata: { ...metadata, namespace: metadata.namespace ?? 'default' } };
}

type KnownSchema = z.ZodType<KnownResource>;

/** Their definitions are others', and may be newer than what is known here. */
const loosened = new Map<KnownSchema, KnownSchema>(
  resourceSchemas
    .filter(({ shape }) => groupOf(shape.apiVersion.options[0] ?? '') !== aiGatewayGroup)
    .map((schema) => [schema, loosen(schema) as KnownSchema]),
);

function parse(value: unknown, schemaFor: (schema: KnownSchema) => KnownSchema): ParsedResource {
  const identity = Identity.safeParse(value);
  if (!identity.success) {
    return { ok: false, issues: identity.error.issues.flatMap(convertIssue) };
  }
  const { kind, apiVersion } = identity.data;
  const schemas = findSchemas(kind, apiVersion);
  const versions = schemas.flatMap(({ shape }): readonly string[] => shape.apiVersion.options);
  if (versions.length === 0) return ignored(identity.data);
  const schema = schemas.find(({ shape }) =>
    (shape.apiVersion.options as readonly string[]).includes(apiVersion),
  );
  if (schema === undefined) {
    const message = `expected ${versions.join(' or ')} for kind ${kind}, got ${apiVersion}`;
    return { ok: false, issues: [{ path: 'apiVersion', message }] };
  }
  const parsed = schemaFor(schema).safeParse(value);
  if (!parsed.success) return { ok: false, issues: parsed.error.issues.flatMap(convertIssue) };
  return { ok: true, resource: withNamespace(parsed.data), warnings: [] };
}

/** A resource of the parsed YAML document: defaults applied, and every problem at once when there are any. */
export const parseResource = (value: unknown): ParsedResource => parse(value, (schema) => schema);

/** A resource that the API server serves: of kinds that are not ours only the types of what is read are checked. */
export const parseClusterResource = (value: unknown): ParsedResource =>
  parse(value, (schema) => loosened.get(schema) ?? schema);

/** The namespace of a resource; `default` where none is written. */
export function namespaceOf(resource: { metadata: { namespace?: string | undefined } }): string {
  return resource.metadata.namespace ?? 'default';
}
