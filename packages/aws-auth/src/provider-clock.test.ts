import fc from 'fast-check';
import { createProviderClock } from './provider-clock.ts';

const start = Date.parse('2026-01-02T03:04:05Z');
const header = (time: number): string => new Date(time).toUTCString();

test.each([20, -20])('a machine %i minutes off is set right, once', (minutes) => {
  const clock = createProviderClock(() => start);
  const time = start + minutes * 60_000;
  expect(clock.learn(header(time))).toBe(true);
  expect(clock.now()).toBe(time);
  expect(clock.learn(header(time))).toBe(false);
  expect(clock.now()).toBe(time);
});

test.each([undefined, '', 'yesterday', header(start + 60_000), header(start - 200_000)])(
  '%j is no reason to doubt the clock',
  (date) => {
    const clock = createProviderClock(() => start);
    expect(clock.learn(date)).toBe(false);
    expect(clock.now()).toBe(start);
  },
);

test('whatever it was told before, the last that it learnt counts', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), (seconds) => {
      const clock = createProviderClock(() => start);
      for (const offset of seconds) {
        const time = start + offset * 1000;
        clock.learn(header(time));
        expect(Math.abs(clock.now() - time)).toBeLessThan(4 * 60_000);
      }
    }),
  );
});
