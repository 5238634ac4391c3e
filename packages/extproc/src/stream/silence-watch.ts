/** One thing that must not be silent for long. */
export interface Vigil {
  /** Something happened; costs an assignment. */
  touch(): void;
  /** Ends the vigil; may be called again. */
  stop(): void;
}

/** Notices silence, for any number of streams with one timer. */
export interface SilenceWatch {
  /** Calls `onSilence` each time that nothing has been heard for `limitMs`, as exactly as the watch ticks, until stopped. */
  start(limitMs: number, onSilence: () => void): Vigil;
}

/** Calls `tick` every so many milliseconds until the returned function is called. */
export type Every = (intervalMs: number, tick: () => void) => () => void;

/** The real clock; it keeps no process alive. */
export const every: Every = (intervalMs, tick) => {
  const timer = setInterval(tick, intervalMs).unref();
  return () => clearInterval(timer);
};

interface Entry {
  lastTick: number;
  readonly limitTicks: number;
  readonly onSilence: () => void;
}

/** @param tickMs Silence is noticed up to this much too late. */
export function createSilenceWatch(clock: Every, tickMs = 250): SilenceWatch {
  const entries = new Set<Entry>();
  let now = 0;
  let stopClock: (() => void) | undefined;
  const tick = (): void => {
    now += 1;
    for (const entry of entries) {
      if (now - entry.lastTick < entry.limitTicks) continue;
      entry.lastTick = now;
      entry.onSilence();
    }
  };
  return {
    start(limitMs, onSilence) {
      // One more, since the first tick may come at once.
      const entry: Entry = { lastTick: now, limitTicks: Math.ceil(limitMs / tickMs) + 1, onSilence };
      entries.add(entry);
      stopClock ??= clock(tickMs, tick);
      return {
        touch: () => void (entry.lastTick = now),
        stop: () => {
          entries.delete(entry);
          if (entries.size > 0) return;
          stopClock?.();
          stopClock = undefined;
        },
      };
    },
  };
}
