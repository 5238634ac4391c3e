import fc from 'fast-check';
import { createSseDecoder, type SseEvent } from './sse-decoder.ts';
import { encodeSseEvent } from './sse-encoder.ts';
import { splits } from '../testing/splits.ts';

const utf8 = new TextEncoder();

function decodeAll(chunks: readonly Uint8Array[], maxBytes = 1 << 20): SseEvent[] {
  const decoder = createSseDecoder({ maxBytes });
  return [...chunks.flatMap((chunk) => [...decoder.push(chunk)]), ...decoder.end()];
}
const decodeText = (text: string): SseEvent[] => decodeAll([utf8.encode(text)]);

describe('createSseDecoder', () => {
  test.each<[string, SseEvent[]]>([
    ['data: a\n\n', [{ data: 'a' }]],
    ['event: e\r\ndata:a\r\n\r\n', [{ event: 'e', data: 'a' }]],
    ['data: a\rdata: b\r\r', [{ data: 'a\nb' }]],
    ['\ufeffdata: a\n\n', [{ data: 'a' }]],
    ['data: \ufeffa\n\n', [{ data: '\ufeffa' }]],
    [': ping\n\nid: 1\nretry: 2\ndata\n\n', [{ data: '' }]],
    ['data:  a\n\n', [{ data: ' a' }]],
    ['event: lost\n\ndata: a\n\n', [{ data: 'a' }]],
    ['data: last', [{ data: 'last' }]],
    ['data: last\r', [{ data: 'last' }]],
    ['', []],
  ])('%j', (text, expected) => {
    expect(decodeText(text)).toEqual(expected);
  });

  test('gives the same events however the bytes are split', () => {
    const piece = fc.constantFrom(
      '\n',
      '\r\n',
      '\r',
      'data: x',
      'data:é😀',
      'event: e',
      ': c',
      ' ',
      '\ufeff',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat()), (pieces, cuts) => {
        const bytes = utf8.encode(pieces.join(''));
        for (const chunks of splits(bytes, cuts)) expect(decodeAll(chunks)).toEqual(decodeAll([bytes]));
      }),
    );
  });

  test('reads back what the encoder wrote', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
    const event = fc.record({
      event: line,
      data: fc.array(line, { minLength: 1 }).map((lines) => lines.join('\n')),
    });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        expect(decodeText(events.map(encodeSseEvent).join(''))).toEqual(events);
      }),
    );
  });

  test('refuses an event over the limit, at the same place for every split', () => {
    const bytes = utf8.encode(`data: ok\n\ndata: ${'x'.repeat(90)}\ndata: ${'x'.repeat(90)}\n\n`);
    for (const chunks of splits(bytes, [3, 14, 30])) {
      const decoder = createSseDecoder({ maxBytes: 100 });
      const seen: SseEvent[] = [];
      expect(() => chunks.forEach((chunk) => seen.push(...iterate(decoder.push(chunk), seen)))).toThrow(
        'longer than 100 bytes',
      );
      expect(seen).toEqual([{ data: 'ok' }]);
    }
  });
});

/** Passes events on one by one, so that those before an error are kept. */
function iterate(events: Iterable<SseEvent>, seen: SseEvent[]): SseEvent[] {
  for (const event of events) seen.push(event);
  return [];
}
