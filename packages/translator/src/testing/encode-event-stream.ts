import { crc32 } from '../wire/crc32.ts';

const utf8 = new TextEncoder();

/** One frame of `application/vnd.amazon.eventstream` with string headers. */
export function encodeEventStreamMessage(
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array | string,
): Uint8Array {
  const head = Object.entries(headers).flatMap(([name, value]) => encodeHeader(name, value));
  return encodeEventStreamFrame(
    Uint8Array.from(head),
    typeof payload === 'string' ? utf8.encode(payload) : payload,
  );
}

/** One frame around encoded headers. */
export function encodeEventStreamFrame(head: Uint8Array, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(head.length + payload.length + 16);
  const view = new DataView(frame.buffer);
  view.setUint32(0, frame.length);
  view.setUint32(4, head.length);
  view.setUint32(8, crc32(frame.subarray(0, 8)));
  frame.set(head, 12);
  frame.set(payload, 12 + head.length);
  view.setUint32(frame.length - 4, crc32(frame.subarray(0, frame.length - 4)));
  return frame;
}

function encodeHeader(name: string, value: string): number[] {
  const nameBytes = utf8.encode(name);
  const valueBytes = utf8.encode(value);
  return [nameBytes.length, ...nameBytes, 7, valueBytes.length >> 8, valueBytes.length & 0xff, ...valueBytes];
}

/** An event frame as Bedrock sends it: type in `:event-type`, JSON payload. */
export function encodeEvent(type: string, payload: unknown): Uint8Array {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' };
  return encodeEventStreamMessage(headers, JSON.stringify(payload));
}

/** An exception frame as Bedrock sends it. */
export function encodeException(type: string, payload: unknown): Uint8Array {
  const headers = {
    ':exception-type': type,
    ':content-type': 'application/json',
    ':message-type': 'exception',
  };
  return encodeEventStreamMessage(headers, JSON.stringify(payload));
}

/** Joins pieces into one array. */
export function concatBytes(...pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
