/** The time as a provider sees it. */
export interface ProviderClock {
  /** Unix time in milliseconds. */
  now(): number;
  /**
   * Sets the clock by the `date` header of an answer, when it is so far off that AWS refuses what it dates.
   * @returns true when it was set, and what was refused is worth signing again.
   */
  learn(date: string | undefined): boolean;
}

/** AWS refuses signatures that are five minutes off; the header states whole seconds and has travelled. */
const toleratedMs = 4 * 60_000;

/** A clock that goes by the machine's until it learns better. What it learns replaces what it knew, it does not add up. */
export function createProviderClock(now: () => number): ProviderClock {
  let offsetMs = 0;
  return {
    now: () => now() + offsetMs,
    learn(date) {
      const time = Date.parse(date ?? '');
      if (Number.isNaN(time) || Math.abs(time - now() - offsetMs) < toleratedMs) return false;
      offsetMs = time - now();
      return true;
    },
  };
}
