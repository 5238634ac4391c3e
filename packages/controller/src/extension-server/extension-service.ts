import {
  type DescMessage,
  EnvoyGatewayExtension,
  fromBinary,
  type MessageShape,
  type PostTranslateModifyRequest,
  type PostTranslateModifyResponse,
  toBinary,
} from '@aigw/envoy-proto/xds';
import type { MethodDefinition, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

type Message = MessageShape<DescMessage>;

/** Codecs of protobuf-es in place of generated ones: only they keep the fields of a newer Envoy Gateway. */
function methodOf({
  name,
  input,
  output,
}: (typeof EnvoyGatewayExtension.methods)[number]): MethodDefinition<Message, Message> {
  const encode = (schema: DescMessage) => (message: Message) => Buffer.from(toBinary(schema, message));
  const decode = (schema: DescMessage) => (bytes: Buffer) => fromBinary(schema, bytes);
  return {
    path: `/${EnvoyGatewayExtension.typeName}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: encode(input),
    requestDeserialize: decode(input),
    responseSerialize: encode(output),
    responseDeserialize: decode(output),
  };
}

/** Envoy Gateway's extension service as grpc-js wants it. */
export const extensionServiceDefinition: ServiceDefinition = Object.fromEntries(
  EnvoyGatewayExtension.methods.map((method) => [method.name, methodOf(method)]),
);

/** The first field of each request of a hook for one resource; its answer has the same field. */
const echoedFields = ['route', 'virtualHost', 'listener', 'cluster', 'loadAssignment'];

function echo(request: Message): object {
  return Object.fromEntries(Object.entries(request).filter(([name]) => echoedFields.includes(name)));
}

/** Everything but the hook for whole translations hands back what it was given. */
export function createExtensionHandlers(
  postTranslate: (request: PostTranslateModifyRequest) => PostTranslateModifyResponse,
): UntypedServiceImplementation {
  const handlers = EnvoyGatewayExtension.methods.map(({ name, output }) => {
    const answer = (request: Message): object =>
      name === 'PostTranslateModify'
        ? postTranslate(request as PostTranslateModifyRequest)
        : { $typeName: output.typeName, ...echo(request) };
    return [
      name,
      (call: { request: Message }, callback: (error: null, answer: object) => void) => {
        callback(null, answer(call.request));
      },
    ] as const;
  });
  return Object.fromEntries(handlers);
}
