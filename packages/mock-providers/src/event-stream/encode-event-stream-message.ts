import { crc32 } from './crc32.ts';
import type {
  EventStreamHeaders,
  EventStreamHeaderValue,
  EventStreamMessage,
} from './event-stream-message.ts';

const preludeBytes = 12;
const checksumBytes = 4;
/** Header blocks of events: the same few begin every frame of a stream. */
const eventHeaders = new Map<string, Buffer>();
const maxRememberedEvents = 64;

/**
 * Encodes one `application/vnd.amazon.eventstream` message: total length, header length, CRC of those eight bytes,
 * headers, payload, CRC of everything before it; all integers big-endian.
 */
export function encodeEventStreamMessage(message: EventStreamMessage): Buffer {
  return assemble(encodeHeaders(message.headers), message.payload);
}

function assemble(headers: Buffer, payload: Buffer): Buffer {
  const total = preludeBytes + headers.length + payload.length + checksumBytes;
  const frame = Buffer.allocUnsafe(total);
  frame.writeUInt32BE(total, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame, 0, 8), 8);
  headers.copy(frame, preludeBytes);
  payload.copy(frame, preludeBytes + headers.length);
  frame.writeUInt32BE(crc32(frame, 0, total - checksumBytes), total - checksumBytes);
  return frame;
}

/** An event: `:event-type`, JSON content type, `:message-type: event`, in the order AWS writes them. */
export function encodeEvent(eventType: string, payload: Buffer): Buffer {
  const known = eventHeaders.get(eventType);
  if (known) return assemble(known, payload);
  const headers = encodeHeaders({
    ':event-type': eventType,
    ':content-type': 'application/json',
    ':message-type': 'event',
  });
  if (eventHeaders.size < maxRememberedEvents) eventHeaders.set(eventType, headers);
  return assemble(headers, payload);
}

/** A modelled exception such as `throttlingException`. */
export function encodeException(exceptionType: string, payload: Buffer): Buffer {
  return encodeEventStreamMessage({
    headers: {
      ':exception-type': exceptionType,
      ':content-type': 'application/json',
      ':message-type': 'exception',
    },
    payload,
  });
}

/** An error that the service's model does not know: code and message are headers, there is no payload. */
export function encodeErrorMessage(code: string, message: string): Buffer {
  return encodeEventStreamMessage({
    headers: { ':error-code': code, ':error-message': message, ':message-type': 'error' },
    payload: Buffer.alloc(0),
  });
}

function encodeHeaders(headers: EventStreamHeaders): Buffer {
  return Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
}

function encodeHeader(name: string, value: string | EventStreamHeaderValue): Buffer {
  const nameBytes = Buffer.from(name);
  const typed: EventStreamHeaderValue = typeof value === 'string' ? { type: 'string', value } : value;
  return Buffer.concat([Buffer.of(nameBytes.length), nameBytes, encodeHeaderValue(typed)]);
}

function encodeHeaderValue(header: EventStreamHeaderValue): Buffer {
  switch (header.type) {
    case 'boolean':
      return Buffer.of(header.value ? 0 : 1);
    case 'byte':
    case 'short':
    case 'integer':
      return encodeInteger(header.type, header.value);
    case 'long':
      return encodeLong(5, header.value);
    case 'binary':
      return sized(6, header.value);
    case 'string':
      return sized(7, Buffer.from(header.value));
    case 'timestamp':
      return encodeLong(8, header.value);
    case 'uuid':
      return Buffer.concat([Buffer.of(9), header.value]);
  }
}

const integerWire = { byte: [2, 1], short: [3, 2], integer: [4, 4] } as const;

function encodeInteger(type: keyof typeof integerWire, value: number): Buffer {
  const [code, width] = integerWire[type];
  const bytes = Buffer.alloc(1 + width);
  bytes[0] = code;
  bytes.writeIntBE(value, 1, width);
  return bytes;
}

function encodeLong(code: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = code;
  bytes.writeBigInt64BE(value, 1);
  return bytes;
}

function sized(code: number, value: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head[0] = code;
  head.writeUInt16BE(value.length, 1);
  return Buffer.concat([head, value]);
}
