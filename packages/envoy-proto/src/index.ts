export { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
export {
  type HeaderMap,
  HeaderMapSchema,
  HeaderValueOption_HeaderAppendAction,
  HeaderValueOptionSchema,
} from './gen/envoy/config/core/v3/base_pb.js';
export {
  type ProcessingMode,
  ProcessingMode_BodySendMode,
  ProcessingMode_HeaderSendMode,
  ProcessingModeSchema,
} from './gen/envoy/extensions/filters/http/ext_proc/v3/processing_mode_pb.js';
export {
  type BodyResponse,
  type CommonResponse,
  CommonResponse_ResponseStatus,
  CommonResponseSchema,
  ExternalProcessor,
  type HeaderMutation,
  HeaderMutationSchema,
  type HeadersResponse,
  type HttpBody,
  type HttpHeaders,
  type ImmediateResponse,
  ImmediateResponseSchema,
  type ProcessingRequest,
  ProcessingRequestSchema,
  type ProcessingResponse,
  ProcessingResponseSchema,
} from './gen/envoy/service/ext_proc/v3/external_processor_pb.js';
export { StatusCode } from './gen/envoy/type/v3/http_status_pb.js';
export {
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
  HealthListRequestSchema,
  HealthListResponseSchema,
} from './gen/grpc/health/v1/health_pb.js';
