import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again until the answer is not `undefined` or `false`, and returns it; fails when the deadline has passed.
 * @param what - named in the error
 */
export async function waitUntil<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { withinMs = 10_000, everyMs = 20 } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await delay(everyMs);
  }
}
