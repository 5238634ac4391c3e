/** The ways of cutting `bytes` that every streamed translation must not notice: whole, byte by byte, and at `cuts` (taken modulo the length). */
export function splits(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[][] {
  const offsets = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces = [0, ...offsets].map((start, index) => bytes.slice(start, offsets[index] ?? bytes.length));
  return [[bytes], Array.from(bytes, (byte) => Uint8Array.of(byte)), pieces];
}
