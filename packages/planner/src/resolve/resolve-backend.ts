import {
  type AIGatewayRouteBackendRef,
  aiGatewayGroup,
  type BackendSchema,
  identifyBackend,
  namespaceOf,
  versionedSchema,
} from '@aigw/api-types';
import { policiesOf, resolveCredentials } from './credentials.ts';
import { addressText, type Endpoint } from './endpoint.ts';
import { mergeBodyMutations, mergeHeaderMutations } from './mutation.ts';
import type { ProblemLog } from './problem-log.ts';
import { describeMissingGrant, isReferenceAllowed } from './reference-grants.ts';
import type { ResolvedBackend } from './resolved-route.ts';
import { describeMissing, keyOf, type Located, type ResourceSet } from './resource-set.ts';
import { resolveServer } from './server.ts';
import { findUnservedEndpoint } from './unserved-endpoint.ts';
import type { Sha256Hex } from '../kubernetes/names.ts';

/** The schemas that the data plane speaks. */
const servedSchemas: ReadonlySet<string> = new Set(['OpenAI', 'Anthropic', 'AWSBedrock', 'AWSAnthropic']);

/** Where in a route a backend reference stands, and the models that are asked for there. */
export interface BackendRefPlace {
  readonly route: Located<'AIGatewayRoute'>;
  readonly rule: number;
  readonly index: number;
  readonly models: readonly string[];
}

interface Sources {
  readonly set: ResourceSet;
  readonly log: ProblemLog;
  readonly sha256Hex: Sha256Hex;
}

/** The name of a backend reference, whichever servers it leads to. */
export function labelOf({ route, rule, index }: BackendRefPlace, backend: string): string {
  const { name, namespace } = route.resource.metadata;
  return `${namespace ?? 'default'}/${backend}/route/${name}/rule/${rule}/ref/${index}`;
}

const pathOf = ({ rule, index }: BackendRefPlace): string => `spec.rules[${rule}].backendRefs[${index}]`;

/** Prefix belongs to the dialects with a path of their own, version to the others. */
export function dataPlaneSchema(backend: Located<'AIServiceBackend'>): BackendSchema {
  const { name, version, prefix } = versionedSchema(backend.resource.spec.schema);
  const isPrefixed = name === 'OpenAI' || name === 'Anthropic';
  if (isPrefixed) return { name, ...(prefix !== undefined && { prefix }) };
  return { name, ...(version !== undefined && { version }) };
}

function findBackend(
  sources: Sources,
  ref: AIGatewayRouteBackendRef,
  place: BackendRefPlace,
): Located<'AIServiceBackend'> | undefined {
  const { set, log } = sources;
  const own = namespaceOf(place.route.resource);
  const namespace = ref.namespace ?? own;
  const from = { group: aiGatewayGroup, kind: 'AIGatewayRoute', namespace: own };
  const to = { group: aiGatewayGroup, kind: 'AIServiceBackend', namespace, name: ref.name };
  if (!isReferenceAllowed(set, from, to)) {
    log.error(place.route, `${pathOf(place)}.namespace`, describeMissingGrant(from, to), 'RefNotPermitted');
    return undefined;
  }
  const backend = set.find('AIServiceBackend', namespace, ref.name);
  if (backend === undefined) {
    const message = describeMissing(set, 'AIServiceBackend', namespace, ref.name);
    log.error(place.route, `${pathOf(place)}.name`, message, 'BackendNotFound');
  }
  return backend;
}

function warnUnsigned(
  { set, log }: Sources,
  backend: Located<'AIServiceBackend'>,
  schema: BackendSchema,
): void {
  if (!schema.name.startsWith('AWS') || policiesOf(set, backend).length > 0) return;
  log.warn(backend, 'spec', 'no BackendSecurityPolicy targets it: requests to AWS are not signed');
}

/** False, and reported, for a schema that the data plane does not speak. */
export function reportSchema(
  { log }: Pick<Sources, 'log'>,
  backend: Located<'AIServiceBackend'>,
  { name }: BackendSchema,
): boolean {
  if (servedSchemas.has(name)) return true;
  log.warn(backend, 'spec.schema', `NotAccepted: the schema ${name} is not supported`, 'Unsupported');
  return false;
}

function warnUnserved(
  { log }: Sources,
  place: BackendRefPlace,
  schema: BackendSchema,
  override: string | undefined,
): void {
  for (const model of override === undefined ? place.models : [override]) {
    const endpoint = findUnservedEndpoint(model, schema.name);
    if (endpoint === undefined) continue;
    const message = `a backend of schema ${schema.name} does not serve ${endpoint}, the endpoint of ${model}: requests will be answered with 400`;
    log.warn(place.route, pathOf(place), message);
  }
}

/**
 * Where a request goes and in which dialect, and which requests: a key is for that alone, so whatever differs here is another
 * backend. Of rules that change places neither takes the other's, whichever of its versions Envoy has.
 */
function destinationOf(
  schema: BackendSchema,
  endpoints: readonly Endpoint[],
  { route, rule }: BackendRefPlace,
): string {
  const servers = endpoints.map((endpoint) =>
    JSON.stringify([addressText(endpoint), endpoint.host, endpoint.tls !== undefined]),
  );
  return JSON.stringify([schema, servers.sort(), route.resource.spec.rules[rule]?.matches ?? []]);
}

/** Everything behind one backend reference; what cannot be used is reported and gives `undefined`, or says that nobody serves it. */
export function resolveBackend(
  sources: Sources,
  ref: AIGatewayRouteBackendRef,
  place: BackendRefPlace,
): ResolvedBackend | 'unserved' | undefined {
  const owner = findBackend(sources, ref, place);
  if (owner === undefined) return undefined;
  const schema = dataPlaneSchema(owner);
  if (!reportSchema(sources, owner, schema)) return 'unserved';
  warnUnsigned(sources, owner, schema);
  const endpoints = resolveServer(sources, owner);
  const override = ref.modelNameOverride === '' ? undefined : ref.modelNameOverride;
  warnUnserved(sources, place, schema, override);
  const hints = [...endpoints.flatMap(({ hostname }) => hostname ?? []), override ?? '', ...place.models];
  const { usable, reason, auth } = resolveCredentials(sources, owner, hints);
  if (!usable || endpoints.length === 0) return reason;
  const { headerMutation, bodyMutation } = owner.resource.spec;
  const headers = mergeHeaderMutations(ref.headerMutation, headerMutation);
  const body = mergeBodyMutations(ref.bodyMutation, bodyMutation);
  const label = labelOf(place, ref.name);
  const { sha256Hex } = sources;
  return {
    identity: identifyBackend(label, sha256Hex(destinationOf(schema, endpoints, place))),
    index: place.index,
    owner,
    schema,
    endpoints,
    weight: ref.weight,
    priority: ref.priority,
    ...(auth !== undefined && { auth }),
    ...(override !== undefined && { modelNameOverride: override }),
    ...(headers !== undefined && { headerMutation: headers }),
    ...(body !== undefined && { bodyMutation: body }),
  };
}

/** `AIServiceBackend ns/name`, for messages. */
export function describeBackend({ owner }: ResolvedBackend): string {
  return `AIServiceBackend ${keyOf(owner.resource)}`;
}
