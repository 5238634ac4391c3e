import fc from 'fast-check';
import { readVectors } from '../__fixtures__/vectors.ts';
import type { EventStreamVector } from '../__fixtures__/vectors.ts';
import { crc32 } from './crc32.ts';
import { decodeEventStream, decodeEventStreamMessage } from './decode-event-stream-message.ts';
import {
  encodeErrorMessage,
  encodeEvent,
  encodeEventStreamMessage,
  encodeException,
} from './encode-event-stream-message.ts';
import { EventStreamError } from './event-stream-message.ts';
import type { EventStreamHeaderValue } from './event-stream-message.ts';

const { vectors } = readVectors('event-stream');

/** The frames of a published example of each message type. */
const published = {
  event:
    '000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a22617373697374616e74227d6fa8c599',
  exception:
    '0000008800000061de0175f40f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22736c6f7720646f776e227d832ee072',
  error:
    '0000005800000048154692c10b3a6572726f722d636f646507000d496e7465726e616c4572726f720e3a6572726f722d6d657373616765070004626f6f6d0d3a6d6573736167652d747970650700056572726f72f9da682d',
};

function typed({ type, value }: EventStreamVector['headers'][number]): EventStreamHeaderValue {
  switch (type) {
    case 'boolean':
      return { type, value: Boolean(value) };
    case 'byte':
    case 'short':
    case 'integer':
      return { type, value: Number(value) };
    case 'long':
    case 'timestamp':
      return { type, value: BigInt(value) };
    case 'binary':
    case 'uuid':
      return { type, value: Buffer.from(String(value), 'hex') };
    default:
      return { type: 'string', value: String(value) };
  }
}

function codeOf(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    return EventStreamError.is(error) ? error.code : `not our error: ${String(error)}`;
  }
  return 'decoded';
}

const header: fc.Arbitrary<EventStreamHeaderValue> = fc.oneof(
  fc.boolean().map((value) => ({ type: 'boolean' as const, value })),
  fc.integer({ min: -128, max: 127 }).map((value) => ({ type: 'byte' as const, value })),
  fc.integer({ min: -32768, max: 32767 }).map((value) => ({ type: 'short' as const, value })),
  fc.integer().map((value) => ({ type: 'integer' as const, value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ type: 'long' as const, value })),
  fc.bigInt({ min: 0n, max: 2n ** 53n }).map((value) => ({ type: 'timestamp' as const, value })),
  fc.uint8Array().map((bytes) => ({ type: 'binary' as const, value: Buffer.from(bytes) })),
  fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => ({ type: 'uuid' as const, value: Buffer.from(bytes) })),
  fc.string({ unit: 'grapheme' }).map((value) => ({ type: 'string' as const, value })),
);
const message = fc.record({
  headers: fc.dictionary(
    fc.stringMatching(/^:?[a-z][a-z-]{0,20}$/).filter((name) => name !== '__proto__'),
    header,
    { noNullPrototype: true },
  ),
  payload: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
});

describe('against botocore', () => {
  test('there are vectors of every header type', () => {
    const types = new Set(vectors.flatMap(({ headers }) => headers.map(({ type }) => type)));
    expect(types.size).toBe(9);
  });

  test.each(vectors)('encodes $name to the same bytes', ({ headers, payload, frame }) => {
    const encoded = encodeEventStreamMessage({
      headers: Object.fromEntries(headers.map((each) => [each.name, typed(each)])),
      payload: Buffer.from(payload, 'hex'),
    });
    expect(encoded.toString('hex')).toBe(frame);
  });

  test.each(vectors)('decodes $name', ({ headers, payload, frame }) => {
    const decoded = decodeEventStreamMessage(Buffer.from(frame, 'hex'));
    expect(decoded.payload.toString('hex')).toBe(payload);
    expect(decoded.headers).toEqual(Object.fromEntries(headers.map((each) => [each.name, typed(each)])));
  });
});

describe('the shorthands write AWS header order', () => {
  test('event', () => {
    expect(encodeEvent('messageStart', Buffer.from('{"role":"assistant"}')).toString('hex')).toBe(
      published.event,
    );
  });
  test('exception', () => {
    const frame = encodeException('throttlingException', Buffer.from('{"message":"slow down"}'));
    expect(frame.toString('hex')).toBe(published.exception);
  });
  test('error', () => {
    expect(encodeErrorMessage('InternalError', 'boom').toString('hex')).toBe(published.error);
  });
});

test('crc32 of the standard check value', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
});

test('what is encoded decodes to the same, alone and in a row', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
      const bytes = Buffer.concat(messages.map(encodeEventStreamMessage));
      expect(decodeEventStream(bytes)).toEqual(messages);
    }),
  );
});

test('any flipped bit is noticed', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 0, max: 7 }), (given, position, bit) => {
      const bytes = encodeEventStreamMessage(given);
      const at = position % bytes.length;
      bytes[at] = bytes.readUInt8(at) ^ (1 << bit);
      expect(['prelude-checksum', 'message-checksum']).toContain(
        codeOf(() => decodeEventStreamMessage(bytes)),
      );
    }),
  );
});

test('any missing tail is incomplete, never wrong', () => {
  fc.assert(
    fc.property(message, fc.nat(), (given, position) => {
      const bytes = encodeEventStreamMessage(given);
      const cut = bytes.subarray(0, position % bytes.length);
      expect(codeOf(() => decodeEventStreamMessage(cut))).toBe('incomplete');
    }),
  );
});

describe('messages that no encoder writes', () => {
  function frame(headers: Buffer, totalOverride?: number): Buffer {
    const total = headers.length + 16;
    const bytes = Buffer.alloc(total);
    bytes.writeUInt32BE(totalOverride ?? total, 0);
    bytes.writeUInt32BE(headers.length, 4);
    bytes.writeUInt32BE(crc32(bytes, 0, 8), 8);
    headers.copy(bytes, 12);
    bytes.writeUInt32BE(crc32(bytes, 0, total - 4), total - 4);
    return bytes;
  }
  const yes = Buffer.from('\x01a\x00', 'latin1');

  test.each([
    ['the same header twice', frame(Buffer.concat([yes, yes])), 'header'],
    ['an unknown value type', frame(Buffer.from('\x01a\x0a', 'latin1')), 'header'],
    ['a header that ends early', frame(Buffer.from('\x01a\x07\x00\x05ab', 'latin1')), 'header'],
    ['a total smaller than its headers', frame(yes, 15), 'length'],
    ['a total beyond the limit', frame(yes, 0x7fffffff), 'length'],
    ['bytes behind the end', Buffer.concat([frame(yes), Buffer.from('x')]), 'length'],
  ])('%s', (_, bytes, code) => {
    expect(codeOf(() => decodeEventStreamMessage(bytes))).toBe(code);
  });
});
