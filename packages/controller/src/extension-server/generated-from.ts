import type { Metadata } from '@aigw/envoy-proto/xds';
import { generatedAnnotation, parseRouteStamp, type RouteStamp, stampAnnotation } from '@aigw/planner';

/** The HTTPRoute of ours that Envoy Gateway made a cluster or a route of. */
export interface GeneratedFrom {
  readonly namespace: string;
  readonly name: string;
  /** What the controller wrote on it; `undefined` when that cannot be read. */
  readonly stamp: RouteStamp | undefined;
}

/** The same without reading the stamp. */
export interface GeneratedBy {
  readonly namespace: string;
  readonly name: string;
  /** The annotation as it was translated; empty when there is none. */
  readonly stampText: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Envoy Gateway leaves out the prefix that makes it copy an annotation. */
const copiedName = (annotation: string): string => annotation.slice(annotation.indexOf('/') + 1);

function resourcesOf(metadata: Metadata | undefined): Record<string, unknown>[] {
  const resources: unknown = metadata?.filterMetadata['envoy-gateway']?.['resources'];
  return Array.isArray(resources) ? resources.filter(isRecord) : [];
}

function readRoute({ kind, namespace, name, annotations }: Record<string, unknown>): GeneratedBy | undefined {
  if (kind !== 'HTTPRoute' || !isRecord(annotations)) return undefined;
  if (!(copiedName(generatedAnnotation) in annotations)) return undefined;
  const text = annotations[copiedName(stampAnnotation)];
  return {
    namespace: String(namespace),
    name: String(name),
    stampText: typeof text === 'string' ? text : '',
  };
}

/** The HTTPRoute of ours that a cluster or a route comes from; `undefined` when there is none. */
export function findGeneratedBy(metadata: Metadata | undefined): GeneratedBy | undefined {
  for (const resource of resourcesOf(metadata)) {
    const found = readRoute(resource);
    if (found !== undefined) return found;
  }
  return undefined;
}

function parseGeneratedFrom(metadata: Metadata): GeneratedFrom | undefined {
  const by = findGeneratedBy(metadata);
  if (by === undefined) return undefined;
  const { namespace, name, stampText } = by;
  const stamp = parseRouteStamp(stampText);
  // A stamp that was copied to another HTTPRoute speaks of backends that are not that one's.
  return { namespace, name, stamp: stamp?.route === `${namespace}/${name}` ? stamp : undefined };
}

/** What was read, which does not change: of each cluster it is asked several times. */
const known = new WeakMap<Metadata, GeneratedFrom | undefined>();

/** Where a cluster or a route comes from; `undefined` when that is not an HTTPRoute of ours. */
export function readGeneratedFrom(metadata: Metadata | undefined): GeneratedFrom | undefined {
  if (metadata === undefined) return undefined;
  if (known.has(metadata)) return known.get(metadata);
  const found = parseGeneratedFrom(metadata);
  known.set(metadata, found);
  return found;
}

/** The Gateways, `namespace/name`, that a virtual host was made for. */
export function readGateways(metadata: Metadata | undefined): string[] {
  return resourcesOf(metadata).flatMap(({ kind, namespace, name }) =>
    kind === 'Gateway' ? [`${String(namespace)}/${String(name)}`] : [],
  );
}

const pattern = /^httproute\/([^/]+)\/([^/]+)\/rule\/(\d+)(?:\/backend\/(\d+)|\/match\/.*)?$/;

/** The part of an HTTPRoute that a cluster or a route was made of. */
export interface GeneratedName {
  readonly namespace: string;
  readonly name: string;
  readonly rule: number;
  /** Of a cluster that holds one backendRef alone. */
  readonly backend: number | undefined;
}

/** Reads the name of a cluster or a route as Envoy Gateway gives it. */
export function parseGeneratedName(text: string): GeneratedName | undefined {
  const [, namespace, name, rule, backend] = pattern.exec(text) ?? [];
  if (namespace === undefined || name === undefined || rule === undefined) return undefined;
  return {
    namespace,
    name,
    rule: Number(rule),
    backend: backend === undefined ? undefined : Number(backend),
  };
}
