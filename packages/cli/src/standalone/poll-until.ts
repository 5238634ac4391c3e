import { setTimeout as delay } from 'node:timers/promises';

/** How long, and how often. */
export interface PollOptions {
  timeoutMs: number;
  intervalMs: number;
  signal?: AbortSignal;
}

/** Asks until the answer is true. A question that throws counts as false. @returns false when time runs out or on abort */
export async function pollUntil(
  ask: () => Promise<boolean>,
  { timeoutMs, intervalMs, signal }: PollOptions,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (signal?.aborted !== true) {
    if (await ask().catch(() => false)) return true;
    if (performance.now() >= deadline) return false;
    await delay(intervalMs);
  }
  return false;
}
