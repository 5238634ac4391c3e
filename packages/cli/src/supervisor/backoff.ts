/** When a dead process is started again: `delayMs`, or undefined once it has died too often to try again. */
export interface Backoff {
  next: (livedMs: number) => number | undefined;
}

const delaysMs = [0, 100, 500, 1_000, 2_000, 4_000, 8_000, 8_000];
const healthyAfterMs = 10_000;

/** Starts at once the first time, then waits ever longer; a process that lived for ten seconds starts afresh. */
export function createBackoff(): Backoff {
  let failures = 0;
  return {
    next(livedMs) {
      if (livedMs >= healthyAfterMs) failures = 0;
      const delayMs = delaysMs[failures];
      failures += 1;
      return delayMs;
    },
  };
}
