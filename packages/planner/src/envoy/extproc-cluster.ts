import type { JsonObject } from '../json.ts';
import { circuitBreakers, httpOptions } from './cluster.ts';
import { defaultBufferBytes, extprocCluster } from './names.ts';

/**
 * The cluster of our external processor. Its endpoints come by EDS: exchanging them there keeps running streams,
 * which a change of the cluster would break. One endpoint that fails is left out for a second when there is another.
 */
export function extprocClusterConfig(edsSource: JsonObject): JsonObject {
  return {
    name: extprocCluster,
    type: 'EDS',
    eds_cluster_config: { eds_config: edsSource },
    connect_timeout: '5s',
    per_connection_buffer_limit_bytes: defaultBufferBytes,
    lb_policy: 'LEAST_REQUEST',
    common_lb_config: { healthy_panic_threshold: { value: 50 } },
    circuit_breakers: circuitBreakers,
    outlier_detection: {
      split_external_local_origin_errors: true,
      consecutive_local_origin_failure: 1,
      enforcing_consecutive_local_origin_failure: 100,
      enforcing_consecutive_5xx: 0,
      enforcing_consecutive_gateway_failure: 0,
      enforcing_success_rate: 0,
      enforcing_local_origin_success_rate: 0,
      interval: '1s',
      base_ejection_time: '1s',
      max_ejection_time: '1s',
      max_ejection_percent: 50,
    },
    typed_extension_protocol_options: httpOptions({
      explicit_http_config: {
        http2_protocol_options: {
          initial_stream_window_size: 16 * 1024 * 1024,
          initial_connection_window_size: 64 * 1024 * 1024,
          connection_keepalive: { interval: '30s', timeout: '10s' },
          // Envoy's guards against hostile peers (10,000 and 1,000 queued frames) count the frames of all requests on the
          // connection: when this processor of ours pauses for a moment under 500 streams, they would cut every one.
          max_outbound_frames: 1_000_000,
          max_outbound_control_frames: 1_000_000,
        },
      },
    }),
  };
}

/** Where the external processors listen. */
export function extprocEndpoints(sockets: readonly string[]): JsonObject {
  return {
    cluster_name: extprocCluster,
    endpoints: [{ lb_endpoints: sockets.map((path) => ({ endpoint: { address: { pipe: { path } } } })) }],
  };
}
