import type { JsonObject } from '../json.ts';
import { extprocCluster, gatewayNamespace, hostNamespace, typed } from './names.ts';

const extProcType = 'envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor';
const mutationType = 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation';

/** The name of the filter on both levels. */
export const extProcFilterName = 'envoy.filters.http.ext_proc/aigateway';

const inHost = (where: string, key: string): string =>
  `xds.${where}.filter_metadata['${hostNamespace}']['${key}']`;

/** What the data plane learns of the host, the cluster and the route of an attempt. */
export const requestAttributes: readonly string[] = [
  inHost('upstream_host_metadata', 'per_route_rule_backend_name'),
  inHost('cluster_metadata', 'per_route_rule_backend_name'),
  inHost('upstream_host_metadata', 'upstream_host'),
  inHost('upstream_host_metadata', 'upstream_address'),
  inHost('cluster_metadata', 'upstream_address'),
  inHost('route_metadata', 'aigw_route_name'),
  inHost('route_metadata', 'aigw_stream_idle_ms'),
];

/** Without these Envoy silently refuses to change host, method and its own headers. */
const mutationRules: JsonObject = { allow_all_routing: true, allow_envoy: true };

const untyped = (field: string, namespaces: readonly string[]): JsonObject =>
  namespaces.length === 0 ? {} : { [field]: { untyped: namespaces } };

const processor = (specific: JsonObject): JsonObject =>
  typed(extProcType, {
    grpc_service: { envoy_grpc: { cluster_name: extprocCluster } },
    // Envoy counts a stalled processor's silence as failure of every request in flight: generous, and extendable.
    message_timeout: '20s',
    max_message_timeout: '600s',
    failure_mode_allow: false,
    status_on_error: { code: 'ServiceUnavailable' },
    allow_mode_override: true,
    mutation_rules: mutationRules,
    metadata_options: untyped('receiving_namespaces', [gatewayNamespace]),
    ...specific,
  });

/**
 * The router-level filter: once per request, whole bodies, headers always sent so that body answers may change them,
 * response trailers sent because they end HTTP/2 streams.
 */
export function routerExtProc(): JsonObject {
  return {
    name: extProcFilterName,
    typed_config: processor({
      processing_mode: {
        request_header_mode: 'SEND',
        request_body_mode: 'BUFFERED',
        request_trailer_mode: 'SKIP',
        response_header_mode: 'SEND',
        response_body_mode: 'BUFFERED',
        response_trailer_mode: 'SEND',
      },
      // Tells Envoy's own replies from a backend's: only those have other details than `via_upstream`.
      response_attributes: ['response.code_details'],
    }),
  };
}

const restore = (header: string, namespace: string, key: string): JsonObject => ({
  append: {
    append_action: 'ADD_IF_ABSENT',
    header: { key: header, value: `%DYNAMIC_METADATA(${namespace}:${key})%` },
  },
});

/** The request headers that link an attempt to its request; captured once, put back before each attempt. */
export const linkHeaders: readonly { header: string; key: string }[] = [
  { header: 'x-ai-eg-internal-req-id', key: 'internal_req_id' },
  { header: 'x-ai-eg-original-path', key: 'original_path' },
  { header: 'x-ai-eg-model', key: 'model' },
];

const headerMutation = (name: string, mutations: readonly JsonObject[]): JsonObject => ({
  name,
  typed_config: typed(mutationType, { mutations: { request_mutations: mutations } }),
});

/**
 * The filters of a backend's cluster, run for each attempt: the link is put back, the processor translates and signs,
 * the length that replacing a body loses is put back, and no internal header goes out. Of a stream it sees the first event,
 * while another backend can still be asked.
 * @param credentialNamespaces Dynamic metadata in which other filters put a request's own credentials.
 */
export function upstreamFilters(
  linkNamespace: string,
  credentialNamespaces: readonly string[] = [],
): JsonObject[] {
  return [
    headerMutation(
      'aigw.restore-link',
      linkHeaders.map(({ header, key }) => restore(header, linkNamespace, key)),
    ),
    {
      name: extProcFilterName,
      typed_config: processor({
        processing_mode: {
          request_header_mode: 'SEND',
          request_body_mode: 'NONE',
          request_trailer_mode: 'SKIP',
          // The processor leaves once it has seen enough: a stream after its first event, anything else before the response.
          response_header_mode: 'SEND',
          response_body_mode: 'STREAMED',
          response_trailer_mode: 'SEND',
        },
        request_attributes: requestAttributes,
        metadata_options: {
          ...untyped('receiving_namespaces', [gatewayNamespace]),
          ...untyped('forwarding_namespaces', credentialNamespaces),
        },
        // A stream's headers wait for its first event, which must be shown for that. Envoy keeps what it shows in this mode,
        // so that nothing is lost when the processor leaves; in full duplex what is under way then would be.
        send_body_without_waiting_for_header_response: true,
      }),
    },
    headerMutation('aigw.finish', [
      restore('content-length', gatewayNamespace, 'content_length'),
      { remove_on_match: { key_matcher: { prefix: 'x-ai-eg-', ignore_case: true } } },
      { remove: 'x-envoy-original-path' },
    ]),
    {
      name: 'envoy.filters.http.upstream_codec',
      typed_config: typed('envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec', {}),
    },
  ];
}
