import { TranslationError } from '../errors.ts';
import { encodeBase64 } from './base64.ts';

const utf8 = new TextDecoder();

interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  offset: number;
}

/**
 * The headers of one event-stream frame. Numbers and timestamps (milliseconds) become decimal text, bytes base64, UUIDs hex.
 * @throws TranslationError `upstream_error` when they are malformed or one repeats.
 */
export function decodeEventStreamHeaders(bytes: Uint8Array): ReadonlyMap<string, string> {
  const cursor = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  const headers = new Map<string, string>();
  while (cursor.offset < bytes.length) {
    const name = utf8.decode(take(cursor, take(cursor, 1)[0] ?? 0));
    if (headers.has(name)) throw malformed(`the header ${JSON.stringify(name)} repeats`);
    headers.set(name, decodeValue(cursor, take(cursor, 1)[0] ?? 0));
  }
  return headers;
}

function decodeValue(cursor: Cursor, type: number): string {
  switch (type) {
    case 0:
      return 'true';
    case 1:
      return 'false';
    case 2:
      return String(cursor.view.getInt8(advance(cursor, 1)));
    case 3:
      return String(cursor.view.getInt16(advance(cursor, 2)));
    case 4:
      return String(cursor.view.getInt32(advance(cursor, 4)));
    case 5:
    case 8:
      return String(cursor.view.getBigInt64(advance(cursor, 8)));
    case 6:
      return encodeBase64(takeSized(cursor));
    case 7:
      return utf8.decode(takeSized(cursor));
    case 9:
      return Array.from(take(cursor, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
    default:
      throw malformed(`a header has the unknown type ${type}`);
  }
}

function takeSized(cursor: Cursor): Uint8Array {
  return take(cursor, cursor.view.getUint16(advance(cursor, 2)));
}

function take(cursor: Cursor, count: number): Uint8Array {
  const start = advance(cursor, count);
  return cursor.bytes.subarray(start, start + count);
}

/** Moves on and returns where it was. */
function advance(cursor: Cursor, count: number): number {
  const start = cursor.offset;
  if (start + count > cursor.bytes.length) throw malformed('a header runs past the end of the headers');
  cursor.offset = start + count;
  return start;
}

function malformed(what: string): TranslationError {
  return new TranslationError('upstream_error', `The provider's stream is corrupt: ${what}`);
}
