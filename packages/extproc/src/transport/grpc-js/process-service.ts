import {
  type handleBidiStreamingCall,
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import type { OpenStream, TransportStream } from '../transport.ts';
import { rawMethod } from './raw-method.ts';

type Call = ServerDuplexStream<Buffer, Uint8Array>;

/** The one method that Envoy calls. */
export const processService: ServiceDefinition = {
  Process: rawMethod('/envoy.service.ext_proc.v3.ExternalProcessor/Process', {
    requestStream: true,
    responseStream: true,
  }),
};

/** Connects each call to a handler from `openStream`. */
export function createProcessHandler(openStream: OpenStream): handleBidiStreamingCall<Buffer, Uint8Array> {
  return (call) => {
    let isOver = false;
    const finish = (end: () => void): void => {
      if (isOver || call.cancelled) return;
      isOver = true;
      end();
    };
    const stream: TransportStream = {
      send: (message) => isOver || call.cancelled || call.write(message),
      end: () => finish(() => call.end()),
      fail: (message) => finish(() => call.emit('error', { code: status.INTERNAL, details: message })),
      pause: () => void call.pause(),
      resume: () => void call.resume(),
    };
    connect(call, stream, openStream);
  };
}

function connect(call: Call, stream: TransportStream, openStream: OpenStream): void {
  const handler = openStream(stream);
  let isCancelled = false;
  const cancel = (): void => {
    if (isCancelled) return;
    isCancelled = true;
    handler.onCancel();
  };
  call.on('data', (message: Buffer) => handler.onMessage(message));
  call.on('end', () => handler.onHalfClose());
  call.on('drain', () => handler.onDrain());
  // Envoy cancels every stream when it is done with it; it is no error and must not be reported as one.
  call.on('cancelled', cancel);
  call.on('error', cancel);
  call.on('close', cancel);
}
