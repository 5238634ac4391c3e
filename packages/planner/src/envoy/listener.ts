import type { JsonObject } from '../json.ts';
import { linkHeaders, routerExtProc } from './ext-proc.ts';
import { localReplyConfig } from './local-reply.ts';
import { gatewayNamespace, listenerIdleMs, requestNamespace, seconds, typed } from './names.ts';

/** One bound port. Whatever changes often is not here: a changed listener breaks its streams. */
export interface ListenerSettings {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly bufferBytes: number;
  readonly rdsSource: JsonObject;
  readonly logPath?: string | undefined;
}

const toMetadata = (name: string, headers: readonly { header: string; key: string }[]): JsonObject => ({
  name,
  typed_config: typed('envoy.extensions.filters.http.header_to_metadata.v3.Config', {
    request_rules: headers.map(({ header, key }) => ({
      header,
      on_header_present: { metadata_namespace: requestNamespace, key, type: 'STRING' },
      remove: false,
    })),
  }),
});

/** Headers that only the gateway may set, taken from clients before a route is even looked for. */
const stripInternalHeaders: JsonObject = {
  name: 'envoy.http.early_header_mutation.header_mutation',
  typed_config: typed('envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation', {
    mutations: [
      ...['x-ai-eg-', 'x-envoy-'].map((prefix) => ({
        remove_on_match: { key_matcher: { prefix, ignore_case: true } },
      })),
      { remove: 'x-gateway-destination-endpoint' },
    ],
  }),
};

const logFields: JsonObject = {
  time: '%START_TIME%',
  request_id: '%REQ(X-REQUEST-ID)%',
  method: '%REQ(:METHOD)%',
  path: `%DYNAMIC_METADATA(${requestNamespace}:path)%`,
  model: `%DYNAMIC_METADATA(${requestNamespace}:model)%`,
  status: '%RESPONSE_CODE%',
  details: '%RESPONSE_CODE_DETAILS%',
  flags: '%RESPONSE_FLAGS%',
  attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  cluster: '%UPSTREAM_CLUSTER%',
  upstream: '%UPSTREAM_HOST%',
  received_bytes: '%BYTES_RECEIVED%',
  sent_bytes: '%BYTES_SENT%',
  duration_ms: '%DURATION%',
  gateway: `%DYNAMIC_METADATA(${gatewayNamespace})%`,
};

const accessLog = (path: string): JsonObject => ({
  name: 'envoy.access_loggers.file',
  typed_config: typed('envoy.extensions.access_loggers.file.v3.FileAccessLog', {
    path,
    log_format: { json_format: logFields },
  }),
});

/** The filters before Envoy's router. Routes turn the processor on: it would answer too late for what is no valid HTTP. */
export const routerFilters: readonly JsonObject[] = [
  toMetadata('aigw.remember-path', [{ header: ':path', key: 'path' }]),
  { ...routerExtProc(), disabled: true },
  toMetadata('aigw.remember-link', linkHeaders),
];

/** What a listener's connection manager needs for AI traffic, whoever writes the rest of it. */
export const connectionSettings = {
  // A thinking model may be silent for minutes; there is no limit on the whole stream.
  stream_idle_timeout: seconds(listenerIdleMs),
  // Otherwise every 400 of ours ends its connection, as if the client's next request could not be told from this one.
  // What is no valid HTTP still ends it.
  http_protocol_options: { override_stream_error_on_invalid_http_message: true },
  // Envoy's 100 would also bound what the processor adds to a client's 90.
  max_headers_count: 200,
  // They belong to model ids and are ours to judge.
  path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
  early_header_mutation_extensions: [stripInternalHeaders],
  local_reply_config: localReplyConfig(),
} as const;

function connectionManager({ name, rdsSource, logPath }: ListenerSettings): JsonObject {
  return typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: name,
    codec_type: 'AUTO',
    server_name: 'aigw',
    use_remote_address: true,
    skip_xff_append: true,
    generate_request_id: true,
    always_set_request_id_in_response: true,
    // A client's path is cleaned here. Paths to backends are not touched.
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: connectionSettings.path_with_escaped_slashes_action,
    stream_idle_timeout: connectionSettings.stream_idle_timeout,
    request_timeout: '300s',
    request_headers_timeout: '30s',
    drain_timeout: '10s',
    common_http_protocol_options: {
      idle_timeout: '3600s',
      headers_with_underscores_action: 'ALLOW',
      max_headers_count: connectionSettings.max_headers_count,
    },
    http_protocol_options: connectionSettings.http_protocol_options,
    http2_protocol_options: {
      max_concurrent_streams: 1024,
      initial_stream_window_size: 1024 * 1024,
      initial_connection_window_size: 16 * 1024 * 1024,
    },
    early_header_mutation_extensions: connectionSettings.early_header_mutation_extensions,
    local_reply_config: connectionSettings.local_reply_config,
    rds: { route_config_name: name, config_source: rdsSource },
    http_filters: [
      ...routerFilters,
      {
        name: 'envoy.filters.http.router',
        typed_config: typed('envoy.extensions.filters.http.router.v3.Router', {
          suppress_envoy_headers: true,
        }),
      },
    ],
    ...(logPath !== undefined && { access_log: [accessLog(logPath)] }),
  });
}

/** An HTTP listener whose routes come by RDS under the listener's name. */
export function httpListener(settings: ListenerSettings): JsonObject {
  const { name, address, port, bufferBytes } = settings;
  return {
    name,
    address: { socket_address: { address, port_value: port } },
    per_connection_buffer_limit_bytes: bufferBytes,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: connectionManager(settings),
          },
        ],
      },
    ],
  };
}
