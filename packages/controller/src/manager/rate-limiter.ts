/** How long to wait before a key is tried again. */
export interface RateLimiter {
  /** Milliseconds until the next attempt; grows with each call for the same key. */
  next(key: string): number;
  /** The key has succeeded: its next failure is a first one. */
  forget(key: string): void;
}

/** Doubles from 5 ms to a minute, or between other delays, for each key on its own. */
export function createRateLimiter(baseMs = 5, longestMs = 60_000): RateLimiter {
  const failures = new Map<string, number>();
  return {
    next(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      return Math.min(baseMs * 2 ** Math.min(count, 30), longestMs);
    },
    forget(key) {
      failures.delete(key);
    },
  };
}
