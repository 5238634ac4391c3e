import type { Attributes } from '../codec/messages.ts';

const from = (source: string, key: string): string =>
  `xds.${source}.filter_metadata['aigateway.envoy.io']['${key}']`;

/** The attributes that the filter in front of a backend asks Envoy for. */
export const attemptAttributes = {
  host: from('upstream_host_metadata', 'per_route_rule_backend_name'),
  cluster: from('cluster_metadata', 'per_route_rule_backend_name'),
  upstreamHost: from('upstream_host_metadata', 'upstream_host'),
  upstreamAddress: from('upstream_host_metadata', 'upstream_address'),
  clusterAddress: from('cluster_metadata', 'upstream_address'),
  routeName: from('route_metadata', 'aigw_route_name'),
  streamIdleMs: from('route_metadata', 'aigw_stream_idle_ms'),
} as const;

/** What Envoy says of an attempt. */
export interface AttemptFacts {
  readonly backendName: string | undefined;
  /** Its DNS name, where it has one. */
  readonly upstreamHost: string | undefined;
  /** Where it leads; of a cluster that looks its endpoints up later, all of where it may lead, with commas between. */
  readonly upstreamAddress: string | undefined;
  /** Empty when the route has none. */
  readonly routeName: string;
  /** The route's own limit on a stream's silence, in milliseconds; Envoy cuts the stream at it. */
  readonly streamIdleMs: number | undefined;
}

/** The endpoint knows best which backend it belongs to; clusters of one backend may say it for all. */
export function readAttemptAttributes(attributes: Attributes | undefined): AttemptFacts {
  const read = (name: string): string | undefined => {
    const value = attributes?.get(name);
    return value === '' ? undefined : value;
  };
  return {
    backendName: read(attemptAttributes.host) ?? read(attemptAttributes.cluster),
    upstreamHost: read(attemptAttributes.upstreamHost),
    upstreamAddress: read(attemptAttributes.upstreamAddress) ?? read(attemptAttributes.clusterAddress),
    routeName: read(attemptAttributes.routeName) ?? '',
    streamIdleMs: readMilliseconds(read(attemptAttributes.streamIdleMs)),
  };
}

function readMilliseconds(text: string | undefined): number | undefined {
  const value = Number(text);
  return value > 0 ? value : undefined;
}
