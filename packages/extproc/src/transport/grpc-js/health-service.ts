import {
  create,
  fromBinary,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
  HealthListResponseSchema,
  toBinary,
} from '@aigw/envoy-proto';
import {
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { rawMethod } from './raw-method.ts';

const { SERVING, NOT_SERVING } = HealthCheckResponse_ServingStatus;

/** The names that may be asked for; the empty one is the server as a whole. */
const services = new Set(['', 'extproc', 'envoy.service.ext_proc.v3.ExternalProcessor']);

/** The standard health service. @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
export interface HealthService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  setServing(isServing: boolean): void;
  /** Ends all watches, so that a drain need not wait for them. */
  close(): void;
}

type Watch = ServerWritableStream<Buffer, Uint8Array>;

/** A health service that knows one state for all names, not serving at first. */
export function createHealthService(): HealthService {
  let isServing = false;
  const watches = new Set<Watch>();
  const encodeStatus = (): Uint8Array =>
    toBinary(
      HealthCheckResponseSchema,
      create(HealthCheckResponseSchema, { status: isServing ? SERVING : NOT_SERVING }),
    );

  const check = (call: ServerUnaryCall<Buffer, Uint8Array>, callback: sendUnaryData<Uint8Array>): void => {
    const name = readService(call.request);
    if (name !== undefined && services.has(name)) callback(null, encodeStatus());
    else callback({ code: status.NOT_FOUND, details: 'unknown service' });
  };
  const list = (_call: unknown, callback: sendUnaryData<Uint8Array>): void => {
    const state = create(HealthCheckResponseSchema, { status: isServing ? SERVING : NOT_SERVING });
    callback(
      null,
      toBinary(HealthListResponseSchema, create(HealthListResponseSchema, { statuses: { extproc: state } })),
    );
  };
  const watch = (call: Watch): void => {
    watches.add(call);
    call.on('cancelled', () => watches.delete(call));
    call.write(encodeStatus());
  };

  return {
    definition: {
      Check: rawMethod('/grpc.health.v1.Health/Check', {}),
      List: rawMethod('/grpc.health.v1.Health/List', {}),
      Watch: rawMethod('/grpc.health.v1.Health/Watch', { responseStream: true }),
    },
    implementation: { Check: check, List: list, Watch: watch },
    setServing(next) {
      if (next === isServing) return;
      isServing = next;
      for (const call of watches) call.write(encodeStatus());
    },
    close() {
      for (const call of watches) call.end();
      watches.clear();
    },
  };
}

function readService(bytes: Uint8Array): string | undefined {
  try {
    return fromBinary(HealthCheckRequestSchema, bytes).service;
  } catch {
    return undefined;
  }
}
