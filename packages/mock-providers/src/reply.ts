import { encodeJson } from './json.ts';

/** Response headers in the order in which they are sent. */
export type ReplyHeaders = readonly (readonly [string, string])[];

/** A whole answer. */
export interface UnaryReply {
  readonly kind: 'unary';
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: Buffer;
}

/** A streamed answer, one buffer per event. The last `closingFrames` carry the end: a truncated stream lacks them. */
export interface StreamReply {
  readonly kind: 'stream';
  readonly headers: ReplyHeaders;
  readonly frames: readonly Buffer[];
  readonly closingFrames: number;
}

/** What a provider answers, before faults. */
export type Reply = UnaryReply | StreamReply;

/** An answer of plain text. */
export function textReply(status: number, text: string, headers: ReplyHeaders = []): UnaryReply {
  return {
    kind: 'unary',
    status,
    headers: [['content-type', 'text/plain'], ...headers],
    body: Buffer.from(text),
  };
}

/** A JSON answer. */
export function jsonReply(status: number, body: unknown, headers: ReplyHeaders = []): UnaryReply {
  return {
    kind: 'unary',
    status,
    headers: [['content-type', 'application/json'], ...headers],
    body: encodeJson(body),
  };
}
