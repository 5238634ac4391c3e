import {
  create,
  fromBinary,
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
  type MessageShape,
  toBinary,
} from '@aigw/envoy-proto/xds';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

type Request = MessageShape<typeof HealthCheckRequestSchema>;
type Response = MessageShape<typeof HealthCheckResponseSchema>;

/** `Check` of gRPC's health protocol: what a Kubernetes gRPC probe calls. */
export const healthServiceDefinition: ServiceDefinition = {
  Check: {
    path: `/${Health.typeName}/Check`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (message: Request) => Buffer.from(toBinary(HealthCheckRequestSchema, message)),
    requestDeserialize: (bytes: Buffer) => fromBinary(HealthCheckRequestSchema, bytes),
    responseSerialize: (message: Response) => Buffer.from(toBinary(HealthCheckResponseSchema, message)),
    responseDeserialize: (bytes: Buffer) => fromBinary(HealthCheckResponseSchema, bytes),
  },
};

/** A server that answers serves. */
export const healthHandlers: UntypedServiceImplementation = {
  Check: (_call: unknown, callback: (error: null, answer: Response) => void) => {
    callback(null, create(HealthCheckResponseSchema, { status: HealthCheckResponse_ServingStatus.SERVING }));
  },
};
