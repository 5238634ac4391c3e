import type { Metadata } from '@aigw/envoy-proto/xds';
import { generatedAnnotation, parseRouteStamp, type RouteStamp, stampAnnotation } from '@aigw/planner';

/** The HTTPRoute of ours that Envoy Gateway made a cluster or a route of. */
export interface GeneratedFrom {
  readonly namespace: string;
  readonly name: string;
  /** What the controller wrote on it; `undefined` when that cannot be read. */
  readonly stamp: RouteStamp | undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Envoy Gateway leaves out the prefix that makes it copy an annotation. */
const copiedName = (annotation: string): string => annotation.slice(annotation.indexOf('/') + 1);

function readResource(resource: unknown): GeneratedFrom | undefined {
  if (!isRecord(resource) || resource['kind'] !== 'HTTPRoute' || !isRecord(resource['annotations'])) {
    return undefined;
  }
  const { namespace, name, annotations } = resource;
  if (!(copiedName(generatedAnnotation) in annotations)) return undefined;
  const text = annotations[copiedName(stampAnnotation)];
  const stamp = typeof text === 'string' ? parseRouteStamp(text) : undefined;
  const [ns, route] = [String(namespace), String(name)];
  // A stamp that was copied to another HTTPRoute speaks of backends that are not that one's.
  return { namespace: ns, name: route, stamp: stamp?.route === `${ns}/${route}` ? stamp : undefined };
}

/** Where a cluster or a route comes from; `undefined` when that is not an HTTPRoute of ours. */
export function readGeneratedFrom(metadata: Metadata | undefined): GeneratedFrom | undefined {
  const resources: unknown = metadata?.filterMetadata['envoy-gateway']?.['resources'];
  if (!Array.isArray(resources)) return undefined;
  for (const resource of resources) {
    const found = readResource(resource);
    if (found !== undefined) return found;
  }
  return undefined;
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
