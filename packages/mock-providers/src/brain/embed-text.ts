import { createHash } from 'node:crypto';

/**
 * A vector of length 1 for a text: the same for the same text, and the nearer to another the more words they share, so that a
 * search over the mock's vectors finds something.
 */
export function embedText(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text];
  for (const word of words) addWord(vector, word);
  const length = Math.hypot(...vector);
  return vector.map((value) => Number((length === 0 ? 0 : value / length).toFixed(8)));
}

function addWord(vector: number[], word: string): void {
  const digest = createHash('sha256').update(word).digest();
  vector.forEach((value, index) => {
    const byte = digest[index % digest.length] ?? 0;
    vector[index] = value + (((byte + 31 * index) % 256) - 127.5) / 127.5;
  });
}
