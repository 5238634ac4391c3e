import { EventStreamCodec } from '@smithy/core/event-streams';
import fc from 'fast-check';
import { encodeEventStreamMessage } from '../testing/encode-event-stream.ts';
import { splits } from '../testing/splits.ts';
import { encodeBase64 } from './base64.ts';
import { createEventStreamDecoder } from './event-stream-decoder.ts';

type AwsHeader = Parameters<EventStreamCodec['encode']>[0]['headers'][string];

const utf8 = new TextEncoder();
const codec = new EventStreamCodec(
  (bytes: string | Uint8Array) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
  (text) => utf8.encode(text),
);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const hex = fc.stringMatching(/^[0-9a-f]{32}$/);

function int64Bytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value);
  return bytes;
}

/** A header as AWS's codec takes it, and the text that we make of it. */
const header: fc.Arbitrary<[AwsHeader, string]> = fc.oneof(
  fc.boolean().map((value): [AwsHeader, string] => [{ type: 'boolean', value }, String(value)]),
  fc
    .integer({ min: -128, max: 127 })
    .map((value): [AwsHeader, string] => [{ type: 'byte', value }, `${value}`]),
  fc
    .integer({ min: -32768, max: 32767 })
    .map((value): [AwsHeader, string] => [{ type: 'short', value }, `${value}`]),
  fc.integer().map((value): [AwsHeader, string] => [{ type: 'integer', value }, `${value}`]),
  int64.map((value): [AwsHeader, string] => {
    const bytes = int64Bytes(value);
    return [{ type: 'long', value: { bytes, valueOf: Number } }, `${value}`];
  }),
  fc
    .uint8Array({ maxLength: 40 })
    .map((value): [AwsHeader, string] => [{ type: 'binary', value }, encodeBase64(value)]),
  text.map((value): [AwsHeader, string] => [{ type: 'string', value }, value]),
  fc
    .date({ noInvalidDate: true })
    .map((value): [AwsHeader, string] => [{ type: 'timestamp', value }, `${value.getTime()}`]),
  hex.map((value): [AwsHeader, string] => [
    { type: 'uuid', value: value.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') },
    value,
  ]),
);
const name = fc.stringMatching(/^[:a-z][a-z-]{0,20}$/);
const frame = fc.record({
  headers: fc.uniqueArray(fc.tuple(name, header), { maxLength: 8, selector: ([key]) => key }),
  body: fc.uint8Array({ maxLength: 200 }),
});

test("AWS's codec and ours agree about frames that AWS writes, with headers of every type, however cut", () => {
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), fc.array(fc.nat()), (frames, cuts) => {
      const encoded = frames.map(({ headers, body }) =>
        codec.encode({ headers: Object.fromEntries(headers.map(([key, [value]]) => [key, value])), body }),
      );
      const wanted = frames.map(({ headers, body }) => [
        Object.fromEntries(headers.map(([key, [, value]]) => [key, value])),
        [...body],
      ]);
      for (const chunks of splits(Uint8Array.from(encoded.flatMap((bytes) => [...bytes])), cuts)) {
        const decoder = createEventStreamDecoder({ maxBytes: 1 << 20 });
        const seen = chunks.flatMap((chunk) =>
          Array.from(decoder.push(chunk), ({ headers, payload }) => [
            Object.fromEntries(headers),
            [...payload],
          ]),
        );
        decoder.end();
        expect(seen).toEqual(wanted);
      }
    }),
  );
});

test("AWS's codec reads the frames that tests are made of", () => {
  fc.assert(
    fc.property(fc.dictionary(name, text), fc.uint8Array(), (headers, body) => {
      const message = codec.decode(encodeEventStreamMessage(headers, body));
      expect([...message.body]).toEqual([...body]);
      const values = Object.entries(message.headers).map(([key, { value }]) => [key, value]);
      expect(Object.fromEntries(values)).toEqual({ ...headers });
    }),
  );
});

test("one wrong byte is an error to AWS's codec and to ours", () => {
  fc.assert(
    fc.property(frame, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ headers, body }, at, flip) => {
      const bytes = codec
        .encode({ headers: Object.fromEntries(headers.map(([key, [value]]) => [key, value])), body })
        .slice();
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ flip;
      const decoder = createEventStreamDecoder({ maxBytes: 1 << 20 });
      expect(() => codec.decode(bytes)).toThrow();
      expect(() => {
        for (const message of decoder.push(bytes)) expect(message).toBeUndefined();
        decoder.end();
      }).toThrow(/corrupt|inside a frame/);
    }),
  );
});
