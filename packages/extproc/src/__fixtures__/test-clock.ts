import type { Every } from '../stream/silence-watch.ts';

/** Time that passes when the test says so. */
export interface TestClock {
  readonly every: Every;
  pass(milliseconds: number): void;
  /** Intervals that run. */
  running(): number;
}

export function createTestClock(): TestClock {
  const timers = new Map<object, { readonly intervalMs: number; readonly tick: () => void; due: number }>();
  let now = 0;
  return {
    every(intervalMs, tick) {
      const key = {};
      timers.set(key, { intervalMs, tick, due: now + intervalMs });
      return () => void timers.delete(key);
    },
    pass(milliseconds) {
      for (const end = now + milliseconds; now < end;) {
        now += 1;
        for (const timer of timers.values()) {
          if (timer.due > now) continue;
          timer.due = now + timer.intervalMs;
          timer.tick();
        }
      }
    },
    running: () => timers.size,
  };
}
