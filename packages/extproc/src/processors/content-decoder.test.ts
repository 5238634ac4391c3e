import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { createContentDecoder } from './content-decoder.ts';

const encodings = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const;

async function decodeAll(encoding: string, pieces: readonly Uint8Array[]): Promise<Buffer> {
  const decoder = createContentDecoder(encoding);
  if (decoder === undefined) throw new Error('expected a decoder');
  const output: Uint8Array[] = [];
  for (const piece of pieces) output.push(await decoder.decode(piece));
  output.push(await decoder.end());
  decoder.dispose();
  return Buffer.concat(output);
}

describe('content decoder', () => {
  it.each(Object.keys(encodings) as (keyof typeof encodings)[])(
    '%s: any split gives the same bytes [A124]',
    async (encoding) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 2000 }),
          fc.integer({ min: 1, max: 50 }),
          async (bytes, size) => {
            const packed = encodings[encoding](bytes);
            const pieces = Array.from({ length: Math.ceil(packed.length / size) }, (_, index) =>
              packed.subarray(index * size, (index + 1) * size),
            );
            expect(await decodeAll(encoding, pieces)).toEqual(Buffer.from(bytes));
          },
        ),
        { numRuns: 20 },
      );
    },
  );

  it.each([undefined, '', 'identity', ' Identity '])('%j is plain', (encoding) => {
    expect(createContentDecoder(encoding)).toBeUndefined();
  });

  it('refuses what it does not know', () => {
    expect(() => createContentDecoder('compress')).toThrow('unknown content-encoding');
    expect(() => createContentDecoder('constructor')).toThrow('unknown content-encoding');
  });

  it('refuses broken, truncated and exploding bodies', async () => {
    await expect(decodeAll('gzip', [Buffer.from('plain text')])).rejects.toThrow(
      'compressed answer is broken',
    );
    const packed = gzipSync('x'.repeat(1000));
    await expect(decodeAll('gzip', [packed.subarray(0, packed.length - 4)])).rejects.toThrow('is broken');
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
    await expect(decodeAll('gzip', [bomb])).rejects.toThrow('is broken');
  });
});
