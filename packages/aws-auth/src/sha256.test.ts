import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Sha256 } from './sha256.ts';

const chunks = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 });
const secret = fc.oneof(fc.string({ unit: 'binary', maxLength: 150 }), fc.uint8Array({ maxLength: 150 }));

async function digest(parts: Uint8Array[], key?: string | Uint8Array): Promise<string> {
  const sum = new Sha256(key);
  for (const part of parts) sum.update(part);
  return Buffer.from(await sum.digest()).toString('hex');
}

test('digests equal those of node:crypto, however the data is split', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, async (parts) => {
      expect(await digest(parts)).toBe(createHash('sha256').update(Buffer.concat(parts)).digest('hex'));
    }),
  );
});

test('keyed digests equal those of node:crypto, for keys of every length', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, secret, async (parts, key) => {
      const wanted = createHmac('sha256', typeof key === 'string' ? Buffer.from(key, 'utf8') : key);
      expect(await digest(parts, key)).toBe(wanted.update(Buffer.concat(parts)).digest('hex'));
    }),
  );
});

test('reset forgets the data and keeps the key', async () => {
  const sum = new Sha256('key');
  sum.update(Buffer.from('a'));
  sum.reset();
  sum.update(Buffer.from('b'));
  expect(Buffer.from(await sum.digest()).toString('hex')).toBe(
    createHmac('sha256', 'key').update('b').digest('hex'),
  );
});

test('a buffer of its own may hold the key', async () => {
  const key = Uint8Array.from([1, 2, 3]);
  expect(await digest([], key)).toBe(createHmac('sha256', key).digest('hex'));
  const whole = new Sha256(key.buffer);
  expect(Buffer.from(await whole.digest()).toString('hex')).toBe(createHmac('sha256', key).digest('hex'));
});
