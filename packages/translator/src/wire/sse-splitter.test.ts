import fc from 'fast-check';
import { concatBytes } from '../testing/encode-event-stream.ts';
import { splits } from '../testing/splits.ts';
import { createSseSplitter } from './sse-splitter.ts';

const utf8 = new TextEncoder();

function split(chunks: readonly Uint8Array[], maxBytes = 1000): string[] {
  const splitter = createSseSplitter({ maxBytes });
  const blocks = chunks.flatMap((chunk) => [...splitter.push(chunk)]);
  return [...blocks, splitter.end()].map((block) => new TextDecoder().decode(block));
}

test.each([
  ['a\n\nb\n\n', ['a\n\n', 'b\n\n', '']],
  ['a\r\n\r\nb\r\n\r\n', ['a\r\n\r', '\nb\r\n\r', '\n']],
  ['a\r\rb', ['a\r\r', 'b']],
  ['a\r\n\nb', ['a\r\n\n', 'b']],
  ['\n\na\n', ['\n', '\n', 'a\n']],
  ['', ['']],
])('%j', (text, expected) => {
  expect(split([utf8.encode(text)])).toEqual(expected);
});

test('loses nothing, and cuts at the same places however the bytes come', () => {
  const piece = fc.constantFrom('\n', '\r\n', '\r', 'data: é', ': c');
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat()), (pieces, cuts) => {
      const bytes = utf8.encode(pieces.join(''));
      const whole = split([bytes]);
      expect(whole.join('')).toBe(pieces.join(''));
      for (const chunks of splits(bytes, cuts)) expect(split(chunks)).toEqual(whole);
    }),
  );
});

test('refuses a block that does not end', () => {
  expect(() => split([utf8.encode('x'.repeat(1001))])).toThrow('longer than 1000 bytes');
  expect(
    split([concatBytes(...Array.from({ length: 9 }, () => utf8.encode(`${'x'.repeat(200)}\n\n`)))]),
  ).toHaveLength(10);
});
