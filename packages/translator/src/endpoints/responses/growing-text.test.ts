import fc from 'fast-check';
import { createGrowingText } from './growing-text.ts';

test('is what was appended, whenever it is read', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud83d', '\ude00'));
  fc.assert(
    fc.property(fc.array(fc.array(piece)), (rounds) => {
      const text = createGrowingText();
      let expected = '';
      for (const pieces of rounds) {
        for (const next of pieces) text.append(next);
        expected += pieces.join('');
        expect([text.read(), text.length]).toEqual([expected, expected.length]);
      }
    }),
  );
});

test('joins many pieces in their order', () => {
  const pieces = Array.from({ length: 5000 }, (_, index) => `${index} `);
  const text = createGrowingText();
  for (const piece of pieces) text.append(piece);
  expect(text.read()).toBe(pieces.join(''));
});
