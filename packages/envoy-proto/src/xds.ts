import { createRegistry, type Registry } from '@bufbuild/protobuf';
import { ClusterSchema } from './gen/envoy/config/cluster/v3/cluster_pb.js';
import { FilterConfigSchema } from './gen/envoy/config/route/v3/route_components_pb.js';
import { ExpressionFilterSchema } from './gen/envoy/extensions/access_loggers/filters/cel/v3/cel_pb.js';
import { ExternalProcessorSchema } from './gen/envoy/extensions/filters/http/ext_proc/v3/ext_proc_pb.js';
import { HeaderMutationSchema } from './gen/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.js';
import { ConfigSchema as HeaderToMetadataSchema } from './gen/envoy/extensions/filters/http/header_to_metadata/v3/header_to_metadata_pb.js';
import { UpstreamCodecSchema } from './gen/envoy/extensions/filters/http/upstream_codec/v3/upstream_codec_pb.js';
import { HttpConnectionManagerSchema } from './gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { HeaderMutationSchema as EarlyHeaderMutationSchema } from './gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.js';
import { PreviousHostsPredicateSchema } from './gen/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.js';
import { PreviousPrioritiesConfigSchema } from './gen/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb.js';
import { Http11ProxyUpstreamTransportSchema } from './gen/envoy/extensions/transport_sockets/http_11_proxy/v3/upstream_http_11_connect_pb.js';
import { HttpProtocolOptionsSchema } from './gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';

/** Every message that our own configuration puts where any type may stand; protobuf's JSON needs them by name. */
export const xdsTypes: Registry = createRegistry(
  ClusterSchema,
  EarlyHeaderMutationSchema,
  ExpressionFilterSchema,
  ExternalProcessorSchema,
  FilterConfigSchema,
  HeaderMutationSchema,
  HeaderToMetadataSchema,
  Http11ProxyUpstreamTransportSchema,
  HttpConnectionManagerSchema,
  HttpProtocolOptionsSchema,
  PreviousHostsPredicateSchema,
  PreviousPrioritiesConfigSchema,
  UpstreamCodecSchema,
);

export {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type MessageInitShape,
  type MessageShape,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
export { type Any, AnySchema, type Duration } from '@bufbuild/protobuf/wkt';
export {
  type Cluster,
  Cluster_DiscoveryType,
  ClusterSchema,
} from './gen/envoy/config/cluster/v3/cluster_pb.js';
export { CircuitBreakersSchema } from './gen/envoy/config/cluster/v3/circuit_breaker_pb.js';
export {
  type Metadata,
  MetadataSchema,
  type TransportSocket,
  TransportSocketSchema,
} from './gen/envoy/config/core/v3/base_pb.js';
export { Http11ProxyUpstreamTransportSchema } from './gen/envoy/extensions/transport_sockets/http_11_proxy/v3/upstream_http_11_connect_pb.js';
export { type HttpProtocolOptions as CommonHttpProtocolOptions } from './gen/envoy/config/core/v3/protocol_pb.js';
export {
  type LbEndpoint,
  type LocalityLbEndpoints,
} from './gen/envoy/config/endpoint/v3/endpoint_components_pb.js';
export { type Listener } from './gen/envoy/config/listener/v3/listener_pb.js';
export { type Filter as NetworkFilter } from './gen/envoy/config/listener/v3/listener_components_pb.js';
export { type RouteConfiguration } from './gen/envoy/config/route/v3/route_pb.js';
export {
  type RetryPolicy,
  RetryPolicySchema,
  type Route,
  RouteAction_ClusterNotFoundResponseCode,
  RouteMatchSchema,
  type RouteAction,
  RouteActionSchema,
} from './gen/envoy/config/route/v3/route_components_pb.js';
export { type Secret, SecretSchema } from './gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.js';
export { ExternalProcessorSchema } from './gen/envoy/extensions/filters/http/ext_proc/v3/ext_proc_pb.js';
export {
  type HttpConnectionManager,
  HttpConnectionManager_PathWithEscapedSlashesAction,
  HttpConnectionManagerSchema,
  type HttpFilter,
  HttpFilterSchema,
} from './gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
export {
  type HttpProtocolOptions,
  HttpProtocolOptionsSchema,
} from './gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';
export {
  EnvoyGatewayExtension,
  type PostTranslateModifyRequest,
  PostTranslateModifyRequestSchema,
  type PostTranslateModifyResponse,
  PostTranslateModifyResponseSchema,
} from './gen/proto/extension/service_pb.js';
export {
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from './gen/grpc/health/v1/health_pb.js';
export { WireType } from '@bufbuild/protobuf/wire';
