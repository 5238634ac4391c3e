import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import * as proto from './index.ts';

describe('envoy-proto', () => {
  it('round-trips a body message without copying its bytes', () => {
    const body = Buffer.from('hello');
    const wire = proto.toBinary(
      proto.ProcessingRequestSchema,
      proto.create(proto.ProcessingRequestSchema, {
        request: { case: 'requestBody', value: { body, endOfStream: true } },
      }),
    );
    const { request } = proto.fromBinary(proto.ProcessingRequestSchema, wire);
    if (request.case !== 'requestBody') throw new Error('expected a body');
    expect(Buffer.from(request.value.body).toString()).toBe('hello');
    expect(request.value.endOfStream).toBe(true);
    expect(request.value.body.buffer).toBe(wire.buffer);
  });

  it('names the services as they are on the wire', () => {
    expect(proto.ExternalProcessor.typeName).toBe('envoy.service.ext_proc.v3.ExternalProcessor');
    expect(proto.Health.typeName).toBe('grpc.health.v1.Health');
  });

  it.each([
    'envoy/config/bootstrap/v3/bootstrap.proto',
    'envoy/service/discovery/v3/discovery.proto',
    'envoy/service/ratelimit/v3/rls.proto',
    'envoy/extensions/filters/http/ratelimit/v3/rate_limit.proto',
    'proto/extension/service.proto',
  ])('has the descriptors of %s for later use', (name) => {
    const path = fileURLToPath(new URL('../proto/envoy.binpb', import.meta.url));
    const { file } = fromBinary(FileDescriptorSetSchema, readFileSync(path));
    expect(file.map((one) => one.name)).toContain(name);
  });
});
