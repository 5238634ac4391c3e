import type { JsonObject } from '../json.ts';

/** The cluster of our external processor. */
export const extprocCluster = 'aigw-extproc';

/** The filters' metadata: what the data plane tells Envoy. */
export const gatewayNamespace = 'io.envoy.ai_gateway';

/** What Envoy tells the data plane of hosts, clusters and routes. */
export const hostNamespace = 'aigateway.envoy.io';

/** What the configuration remembers of a request before filters change it. */
export const requestNamespace = 'aigw.request';

/** Bodies up to this size pass; the default of listeners and clusters. */
export const defaultBufferBytes = 50 * 1024 * 1024;

/** How long a stream may be silent where its route does not say. */
export const listenerIdleMs = 600_000;

/** The route of requests that no other one takes. */
export const notFoundRoute = 'aigw.not-found';

/** A message in a place where any type may stand. */
export function typed(type: string, message: JsonObject): JsonObject {
  return { '@type': `type.googleapis.com/${type}`, ...message };
}

/** Whole seconds or a fraction, as protobuf's JSON has durations. */
export function seconds(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}

/** The contents of an xDS file. */
export function xdsFile(type: string, resources: readonly JsonObject[]): JsonObject {
  return { resources: resources.map((resource) => typed(type, resource)) };
}
