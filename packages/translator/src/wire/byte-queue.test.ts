import fc from 'fast-check';
import { createByteQueue } from './byte-queue.ts';

const mebibyte = 1024 * 1024;

test('gives back what was pushed, and views stay as they were', () => {
  const step = fc.oneof(
    fc.uint8Array({ maxLength: 5000 }).map((chunk) => ({ chunk, count: 0 })),
    fc.nat(200_000).map((count) => ({ chunk: new Uint8Array(70_000).fill(count), count })),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const queue = createByteQueue();
      let expected = Buffer.alloc(0);
      const seen: (readonly [Uint8Array, Buffer])[] = [];
      for (const { chunk, count } of steps) {
        queue.push(chunk);
        expected = Buffer.concat([expected, chunk]);
        seen.push([queue.view(), expected]);
        queue.consume(count);
        expected = expected.subarray(count);
      }
      expect(queue.size).toBe(expected.length);
      for (const [view, bytes] of seen) expect(Buffer.compare(view, bytes)).toBe(0);
    }),
  );
});

test('its buffer is a quarter larger than what waits, at most, and is given up with it', () => {
  const queue = createByteQueue();
  for (let pushed = 0; pushed < 25 * mebibyte; pushed += 64 * 1024) {
    queue.push(new Uint8Array(64 * 1024));
    if (pushed > mebibyte) expect(queue.view().buffer.byteLength).toBeLessThanOrEqual(1.26 * queue.size);
  }
  queue.consume(queue.size - 10);
  expect(queue.view().buffer.byteLength).toBe(10);
  queue.consume(10);
  expect(queue.view().buffer.byteLength).toBe(0);
});
