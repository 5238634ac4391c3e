/** A header value; the wire types it covers are named by `type`. Integers of 64 bits are bigints, timestamps milliseconds. */
export type EventStreamHeaderValue =
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'byte' | 'short' | 'integer'; readonly value: number }
  | { readonly type: 'long' | 'timestamp'; readonly value: bigint }
  | { readonly type: 'binary' | 'uuid'; readonly value: Buffer }
  | { readonly type: 'string'; readonly value: string };

/** Header names (with their leading colon where reserved) and values; a plain string stands for a string header. */
export type EventStreamHeaders = Readonly<Record<string, string | EventStreamHeaderValue>>;

/** One message of `application/vnd.amazon.eventstream`. */
export interface EventStreamMessage {
  readonly headers: EventStreamHeaders;
  readonly payload: Buffer;
}

/** Why bytes are not an event stream message. */
export type EventStreamErrorCode =
  'prelude-checksum' | 'message-checksum' | 'length' | 'header' | 'incomplete';

const brand = Symbol.for('aigw.mock-providers.event-stream');

/** Bytes that are no event stream message; `code` says which rule they break. */
export class EventStreamError extends Error {
  readonly code: EventStreamErrorCode;
  readonly [brand] = true;

  constructor(code: EventStreamErrorCode, message: string) {
    super(message);
    this.name = 'EventStreamError';
    this.code = code;
  }

  /** True for an error of this class, also of another copy of this package. */
  static is(error: unknown): error is EventStreamError {
    return error instanceof Error && brand in error;
  }
}
