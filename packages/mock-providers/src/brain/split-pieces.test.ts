import fc from 'fast-check';
import { splitJson, splitText } from './split-pieces.ts';

test('pieces joined are the text, and none is empty', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      for (const pieces of [splitText(text), splitJson(text)]) {
        expect(pieces.join('')).toBe(text);
        expect(pieces).not.toContain('');
      }
    }),
  );
});

test('text is split before its spaces', () => {
  expect(splitText('The capital of')).toEqual(['The', ' capital', ' of']);
});

test('JSON is split anywhere but inside a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      if (isWellFormed(text)) expect(splitJson(text).every((piece) => isWellFormed(piece))).toBe(true);
    }),
  );
});

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
