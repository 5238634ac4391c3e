import type { ListenAddress } from '@aigw/service-runtime';

/** One open stream, as the session sees it. Calls after the end are ignored. */
export interface TransportStream {
  /** Queues one message. False: the peer is slow, wait for `onDrain`. */
  send(message: Uint8Array): boolean;
  /** Ends the stream well. */
  end(): void;
  /** Ends the stream with an error that the peer logs; `message` holds nothing secret. */
  fail(message: string): void;
  /** Stops and starts the delivery of messages. */
  pause(): void;
  resume(): void;
}

/** Receives the events of one stream, one at a time. No method may throw. */
export interface StreamHandler {
  /** `message` belongs to the handler from now on. */
  onMessage(message: Uint8Array): void;
  /** The peer sends nothing more. */
  onHalfClose(): void;
  /** The stream is over: the peer cancelled it, which is how Envoy ends every stream, or the connection broke. Called at most once. */
  onCancel(): void;
  /** What was queued has been written. */
  onDrain(): void;
}

/** Called for each new stream. */
export type OpenStream = (stream: TransportStream) => StreamHandler;

/** A gRPC server for one bidirectional method and the standard health service. */
export interface Transport {
  /**
   * Starts to listen; a Unix socket replaces whatever socket is at its path.
   * @returns the address with the port that was bound.
   */
  listen(address: ListenAddress): Promise<ListenAddress>;
  /** What the health service answers; not serving at first. */
  setServing(isServing: boolean): void;
  /** Takes no new connections, asks peers to go elsewhere and waits for running streams; when `deadline` aborts, cuts them. */
  drain(deadline: AbortSignal): Promise<void>;
}
