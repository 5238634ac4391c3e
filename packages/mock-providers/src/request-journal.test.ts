import fc from 'fast-check';
import { createRequestJournal } from './request-journal.ts';
import type { RecordedRequest } from './request-journal.ts';

function request(path: string, bytes: number): RecordedRequest {
  return { method: 'POST', path, headers: [], body: Buffer.alloc(bytes), provider: 'unknown', status: 200 };
}

test('keeps the newest within both bounds, and always the last', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }), (sizes) => {
      const journal = createRequestJournal(7, 50);
      sizes.forEach((size, index) => journal.add(request(String(index), size)));
      const kept = journal.list();
      const newest = sizes
        .slice(sizes.length - kept.length)
        .map((_, at) => String(sizes.length - kept.length + at));
      const sum = (count: number): number =>
        sizes.slice(sizes.length - count).reduce((total, size) => total + size, 0);
      expect(kept.map(({ path }) => path)).toEqual(newest);
      expect(kept.length).toBeLessThanOrEqual(7);
      expect(kept.length <= 1 || sum(kept.length) <= 50).toBe(true);
      const couldKeepMore = kept.length < Math.min(7, sizes.length) && sum(kept.length + 1) <= 50;
      expect(couldKeepMore).toBe(false);
    }),
  );
});

test('clear forgets everything', () => {
  const journal = createRequestJournal(2, 100);
  for (const path of ['a', 'b', 'c']) journal.add(request(path, 60));
  journal.clear();
  expect(journal.list()).toEqual([]);
  journal.add(request('d', 60));
  expect(journal.list().map(({ path }) => path)).toEqual(['d']);
});
