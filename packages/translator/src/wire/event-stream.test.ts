import fc from 'fast-check';
import { TranslationError } from '../errors.ts';
import {
  concatBytes,
  encodeEventStreamFrame,
  encodeEventStreamMessage,
} from '../testing/encode-event-stream.ts';
import { splits } from '../testing/splits.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { crc32 } from './crc32.ts';
import { createEventStreamDecoder } from './event-stream-decoder.ts';

interface Plain {
  readonly headers: Record<string, string>;
  readonly payload: string;
}
interface Outcome {
  readonly messages: Plain[];
  readonly error: string | undefined;
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16));
const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function decode(chunks: readonly Uint8Array[], maxBytes = 1 << 20): Outcome {
  const decoder = createEventStreamDecoder({ maxBytes });
  const messages: Plain[] = [];
  try {
    for (const chunk of chunks) {
      for (const { headers, payload } of decoder.push(chunk)) {
        messages.push({ headers: Object.fromEntries(headers), payload: hex(payload) });
      }
    }
    decoder.end();
    return { messages, error: undefined };
  } catch (error) {
    return {
      messages,
      error: TranslationError.is(error) ? `${error.code}: ${error.message}` : `unexpected: ${String(error)}`,
    };
  }
}

// Frames whose decoding was verified with botocore.
const messageStart =
  '000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a22617373697374616e74227d6fa8c599';
const throttling =
  '0000008800000061de0175f40f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22736c6f7720646f776e227d832ee072';
const boom =
  '0000005800000048154692c10b3a6572726f722d636f646507000d496e7465726e616c4572726f720e3a6572726f722d6d657373616765070004626f6f6d0d3a6d6573736167652d747970650700056572726f72f9da682d';

describe('createEventStreamDecoder', () => {
  test.each([
    [
      messageStart,
      { ':event-type': 'messageStart', ':content-type': 'application/json', ':message-type': 'event' },
      '{"role":"assistant"}',
    ],
    [
      throttling,
      {
        ':exception-type': 'throttlingException',
        ':content-type': 'application/json',
        ':message-type': 'exception',
      },
      '{"message":"slow down"}',
    ],
    [boom, { ':error-code': 'InternalError', ':error-message': 'boom', ':message-type': 'error' }, ''],
  ])('reads the published form of %#', (frame, headers, payload) => {
    expect(decode([fromHex(frame)])).toEqual({
      messages: [{ headers, payload: hex(new TextEncoder().encode(payload)) }],
      error: undefined,
    });
  });

  test('reads headers of every type', () => {
    const head = [
      [1, 0x61, 0],
      [1, 0x62, 1],
      [1, 0x63, 2, 0xff],
      [1, 0x64, 3, 0xff, 0xfe],
      [1, 0x65, 4, 0x80, 0, 0, 0],
      [1, 0x66, 5, 0, 0, 0, 1, 0, 0, 0, 0],
      [1, 0x67, 6, 0, 2, 1, 2],
      [1, 0x68, 7, 0, 2, 0xc3, 0xa9],
      [1, 0x69, 8, 0, 0, 0, 0, 0, 0, 3, 0xe8],
      [1, 0x6a, 9, ...Array.from({ length: 16 }, (_, index) => index)],
    ].flat();
    expect(decode([encodeEventStreamFrame(Uint8Array.from(head), new Uint8Array())]).messages).toEqual([
      {
        headers: {
          a: 'true',
          b: 'false',
          c: '-1',
          d: '-2',
          e: '-2147483648',
          f: '4294967296',
          g: 'AQI=',
          h: 'é',
          i: '1000',
          j: '000102030405060708090a0b0c0d0e0f',
        },
        payload: '',
      },
    ]);
  });

  test.each([
    ['a name past the end', [9, 0x61]],
    ['a value past the end', [1, 0x61, 7, 0, 9, 0x61]],
    ['an unknown type', [1, 0x61, 10]],
    ['a repeated header', [1, 0x61, 0, 1, 0x61, 0]],
  ])('refuses %s', (_name, head) => {
    expect(decode([encodeEventStreamFrame(Uint8Array.from(head), new Uint8Array())]).error).toMatch(
      /^upstream_error/,
    );
  });

  const message = fc.record({
    headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 9 }), fc.string()),
    payload: fc.uint8Array(),
  });

  test('reads back what was encoded, however it is split', () => {
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), (messages, cuts) => {
        const bytes = concatBytes(
          ...messages.map(({ headers, payload }) => encodeEventStreamMessage(headers, payload)),
        );
        const expected = messages.map(({ headers, payload }) => ({
          headers: { ...headers },
          payload: hex(payload),
        }));
        for (const chunks of splits(bytes, cuts))
          expect(decode(chunks)).toEqual({ messages: expected, error: undefined });
      }),
    );
  });

  test('reports every flipped bit, after the frames before it, the same for every split [A67]', () => {
    const good = fromHex(messageStart);
    fc.assert(
      fc.property(fc.nat(good.length * 8 - 1), fc.array(fc.nat()), (bit, cuts) => {
        const bad = good.slice();
        bad[bit >> 3]! ^= 1 << (bit & 7);
        const bytes = concatBytes(good, bad, good);
        for (const chunks of splits(bytes, cuts)) {
          expect(decode(chunks)).toEqual({
            messages: decode([good]).messages,
            error: expect.stringMatching(/checksum is wrong$/),
          });
        }
      }),
    );
  });

  test('reports a stream that ends inside a frame [A66]', () => {
    const good = fromHex(messageStart);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: good.length - 1 }), (length) => {
        expect(decode([good, good.subarray(0, length)]).error).toMatch(/^stream_truncated/);
      }),
    );
  });

  test('refuses a frame over the limit before it is received [A67]', () => {
    const frame = encodeEventStreamMessage({}, new Uint8Array(1000));
    expect(decode([frame.subarray(0, 12)], 500).error).toMatch(/1016 bytes is over the limit of 500/);
  });

  test('refuses lengths that disagree', () => {
    const frame = encodeEventStreamMessage({}, '');
    const view = new DataView(frame.buffer);
    view.setUint32(4, 1);
    view.setUint32(8, crc32(frame.subarray(0, 8)));
    expect(decode([frame]).error).toMatch(/lengths disagree/);
  });
});

test('crc32 of the check string, whole and continued', () => {
  const bytes = new TextEncoder().encode('123456789');
  expect(crc32(bytes)).toBe(0xcbf43926);
  expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
});

test('base64 round trip, and what is not base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
    }),
  );
  expect(encodeBase64(new Uint8Array(0x6001))).toBe(Buffer.alloc(0x6001).toString('base64'));
  for (const text of ['A', 'A===', 'AA=A', 'A A=', 'AAA-']) expect(decodeBase64(text)).toBeUndefined();
});
