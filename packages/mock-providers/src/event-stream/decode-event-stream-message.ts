import { crc32 } from './crc32.ts';
import { EventStreamError } from './event-stream-message.ts';
import type { EventStreamHeaderValue, EventStreamMessage } from './event-stream-message.ts';

/** A decoded message: every header carries its wire type. */
export interface DecodedEventStreamMessage extends EventStreamMessage {
  readonly headers: Readonly<Record<string, EventStreamHeaderValue>>;
}

const minMessageBytes = 16;
const preludeBytes = 12;
const maxHeaderBytes = 128 * 1024;
const maxPayloadBytes = 24 * 1024 * 1024;

/**
 * Decodes exactly one message. Both checksums are verified, the prelude's before its lengths are trusted.
 *
 * @throws {@link EventStreamError} with code `incomplete` when bytes are missing, another code when they are wrong.
 */
export function decodeEventStreamMessage(bytes: Buffer): DecodedEventStreamMessage {
  const length = messageLength(bytes);
  if (length === undefined || bytes.length < length) {
    throw new EventStreamError('incomplete', `${bytes.length} bytes are not a whole message`);
  }
  if (bytes.length > length) {
    throw new EventStreamError('length', `${bytes.length - length} bytes follow the message`);
  }
  if (crc32(bytes, 0, length - 4) !== bytes.readUInt32BE(length - 4)) {
    throw new EventStreamError('message-checksum', 'the message checksum does not match');
  }
  const headersEnd = preludeBytes + bytes.readUInt32BE(4);
  return {
    headers: decodeHeaders(bytes.subarray(preludeBytes, headersEnd)),
    payload: bytes.subarray(headersEnd, length - 4),
  };
}

/**
 * Decodes all messages of a whole stream.
 *
 * @throws {@link EventStreamError} as {@link decodeEventStreamMessage}; `incomplete` when the stream ends inside a message.
 */
export function decodeEventStream(bytes: Buffer): DecodedEventStreamMessage[] {
  const messages: DecodedEventStreamMessage[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = messageLength(bytes.subarray(at)) ?? bytes.length - at;
    messages.push(decodeEventStreamMessage(bytes.subarray(at, at + length)));
    at += length;
  }
  return messages;
}

/** The total length that a prelude promises; `undefined` while the prelude is incomplete. */
function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < preludeBytes) return undefined;
  if (crc32(bytes, 0, 8) !== bytes.readUInt32BE(8)) {
    throw new EventStreamError('prelude-checksum', 'the prelude checksum does not match');
  }
  const total = bytes.readUInt32BE(0);
  const headers = bytes.readUInt32BE(4);
  const payload = total - headers - minMessageBytes;
  if (payload < 0 || headers > maxHeaderBytes || payload > maxPayloadBytes) {
    throw new EventStreamError('length', `lengths are out of range: total ${total}, headers ${headers}`);
  }
  return total;
}

function decodeHeaders(block: Buffer): Record<string, EventStreamHeaderValue> {
  const headers: Record<string, EventStreamHeaderValue> = {};
  let rest = block;
  while (rest.length > 0) {
    const nameBytes = take(rest, 1).readUInt8(0);
    const name = take(rest, 1 + nameBytes).toString('utf8', 1);
    if (Object.hasOwn(headers, name)) throw new EventStreamError('header', `header ${name} occurs twice`);
    const { header, bytes } = decodeHeaderValue(rest.subarray(1 + nameBytes));
    headers[name] = header;
    rest = rest.subarray(1 + nameBytes + bytes);
  }
  return headers;
}

function take(bytes: Buffer, count: number): Buffer {
  if (bytes.length < count) throw new EventStreamError('header', 'the header block ends inside a header');
  return bytes.subarray(0, count);
}

interface DecodedValue {
  readonly header: EventStreamHeaderValue;
  readonly bytes: number;
}

function decodeHeaderValue(from: Buffer): DecodedValue {
  const code = take(from, 1).readUInt8(0);
  const rest = from.subarray(1);
  switch (code) {
    case 0:
    case 1:
      return { header: { type: 'boolean', value: code === 0 }, bytes: 1 };
    case 2:
      return { header: { type: 'byte', value: take(rest, 1).readInt8(0) }, bytes: 2 };
    case 3:
      return { header: { type: 'short', value: take(rest, 2).readInt16BE(0) }, bytes: 3 };
    case 4:
      return { header: { type: 'integer', value: take(rest, 4).readInt32BE(0) }, bytes: 5 };
    case 5:
    case 8:
      return {
        header: { type: code === 5 ? 'long' : 'timestamp', value: take(rest, 8).readBigInt64BE(0) },
        bytes: 9,
      };
    case 6:
    case 7:
      return decodeSized(code, rest);
    case 9:
      return { header: { type: 'uuid', value: take(rest, 16) }, bytes: 17 };
    default:
      throw new EventStreamError('header', `header value type ${code} does not exist`);
  }
}

function decodeSized(code: 6 | 7, rest: Buffer): DecodedValue {
  const length = take(rest, 2).readUInt16BE(0);
  const value = take(rest, 2 + length).subarray(2);
  return {
    header: code === 6 ? { type: 'binary', value } : { type: 'string', value: value.toString('utf8') },
    bytes: 3 + length,
  };
}
