import { circuitBreakers, idleConnection } from '../envoy/cluster.ts';
import { extProcFilterName, upstreamFilters } from '../envoy/ext-proc.ts';
import { extprocClusterConfig, extprocEndpoints } from '../envoy/extproc-cluster.ts';
import { connectionSettings, routerFilters } from '../envoy/listener.ts';
import {
  defaultBufferBytes,
  extprocCluster,
  hostNamespace,
  notFoundRoute,
  requestNamespace,
} from '../envoy/names.ts';
import { clientHeaders, processorOn } from '../envoy/route.ts';
import type { JsonObject } from '../json.ts';

/** What someone else's Envoy configuration gets to become a gateway: the same parts that the standalone one is made of. */
export interface GatewayParts {
  /** The name of the processor's filter on both levels. */
  readonly filterName: string;
  /** The namespace of metadata of hosts, clusters and routes that the processor is told. */
  readonly hostNamespace: string;
  /** The name of routes that take what no other does. */
  readonly notFoundRoute: string;
  /** The least buffer of listeners and clusters, in bytes. */
  readonly bufferBytes: number;
  readonly listener: {
    /** `HttpFilter`s, in their order; the first remembers the path and comes before any other filter. */
    readonly filters: readonly JsonObject[];
    /** Fields of the `HttpConnectionManager`. */
    readonly settings: JsonObject;
  };
  readonly route: {
    /** The value of `typed_per_filter_config` under the filter's name. */
    readonly filterConfig: JsonObject;
    readonly headersToRemove: readonly string[];
    /** The longest silence of a stream, as a duration; the processor gives up just before. */
    readonly idleTimeout: string;
  };
  readonly backend: {
    /** `HttpFilter`s up to and with the codec. */
    readonly filters: readonly JsonObject[];
    readonly circuitBreakers: JsonObject;
    /** After how long an unused connection is closed, as a duration. */
    readonly idleConnection: string;
  };
  /** The `Cluster` of the processor. */
  readonly extprocCluster: JsonObject;
}

/** @param extprocSocket - the path of the processor's socket, as Envoy sees it */
export function planGatewayParts(extprocSocket: string): GatewayParts {
  const { type: _type, eds_cluster_config: _eds, ...cluster } = extprocClusterConfig({});
  const { max_headers_count, ...settings } = connectionSettings;
  return {
    filterName: extProcFilterName,
    hostNamespace,
    notFoundRoute,
    bufferBytes: defaultBufferBytes,
    listener: {
      filters: routerFilters,
      settings: { ...settings, common_http_protocol_options: { max_headers_count } },
    },
    route: {
      filterConfig: processorOn,
      headersToRemove: clientHeaders,
      idleTimeout: connectionSettings.stream_idle_timeout,
    },
    backend: { filters: upstreamFilters(requestNamespace), circuitBreakers, idleConnection },
    extprocCluster: {
      ...cluster,
      name: extprocCluster,
      type: 'STATIC',
      load_assignment: extprocEndpoints([extprocSocket]),
    },
  };
}

/**
 * The filters of a backend's cluster, where requests bring their own credentials in dynamic metadata.
 * @param namespaces What Envoy shows the processor of it.
 */
export function planBackendFilters(namespaces: readonly string[]): readonly JsonObject[] {
  return upstreamFilters(requestNamespace, namespaces);
}
