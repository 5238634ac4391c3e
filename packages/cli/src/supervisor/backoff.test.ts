import { createBackoff } from './backoff.ts';

test('the first start is immediate, later ones wait longer, and in the end there is none', () => {
  const backoff = createBackoff();
  const delays = Array.from({ length: 20 }, () => backoff.next(10));
  const given = delays.filter((delay) => delay !== undefined);
  expect(given[0]).toBe(0);
  expect(given).toEqual([...given].sort((a, b) => a - b));
  expect(given.length).toBeLessThan(12);
  expect(delays.slice(given.length).every((delay) => delay === undefined)).toBe(true);
});

test('a process that lived starts afresh', () => {
  const backoff = createBackoff();
  for (let count = 0; count < 5; count += 1) backoff.next(10);
  expect(backoff.next(60_000)).toBe(0);
});
