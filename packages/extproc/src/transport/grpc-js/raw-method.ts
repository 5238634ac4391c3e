import type { MethodDefinition } from '@grpc/grpc-js';

/** A method whose messages stay bytes: the codec is not the transport's concern. */
export function rawMethod(
  path: string,
  { requestStream = false, responseStream = false }: { requestStream?: boolean; responseStream?: boolean },
): MethodDefinition<Buffer, Uint8Array> {
  const toBuffer = (bytes: Uint8Array): Buffer =>
    Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: (bytes) => bytes,
    requestDeserialize: (bytes) => bytes,
    responseSerialize: toBuffer,
    responseDeserialize: (bytes) => bytes,
  };
}
