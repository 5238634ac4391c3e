import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';

/** Keys that wait for a worker: each at most once, and never with two workers at a time. */
export interface WorkQueue {
  /** Adds a key, now or after some milliseconds. One that is being worked on comes again afterwards. */
  add(key: string, afterMs?: number): void;
  /** Resolves with a key when there is one; `undefined` when the queue is closed. */
  take(): Promise<string | undefined>;
  /** The worker is done with a key: it has succeeded, or is to be tried again with the limiter's delay. */
  done(key: string, outcome: 'succeeded' | 'failed'): void;
  close(): void;
  /** How many keys wait or are worked on, delayed ones left out. */
  readonly size: number;
}

export function createWorkQueue(limiter: RateLimiter = createRateLimiter()): WorkQueue {
  const waiting = new Set<string>();
  const active = new Set<string>();
  const again = new Set<string>();
  const timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly at: number }>();
  const takers: ((key: string | undefined) => void)[] = [];
  let isClosed = false;

  const hand = (): void => {
    for (const key of waiting) {
      const taker = takers.shift();
      if (taker === undefined) return;
      waiting.delete(key);
      active.add(key);
      taker(key);
    }
  };

  const addNow = (key: string): void => {
    if (isClosed) return;
    if (active.has(key)) again.add(key);
    else waiting.add(key);
    hand();
  };

  const addLater = (key: string, afterMs: number): void => {
    const at = performance.now() + afterMs;
    const planned = timers.get(key);
    if (isClosed || (planned !== undefined && planned.at <= at)) return;
    clearTimeout(planned?.timer);
    const timer = setTimeout(() => {
      timers.delete(key);
      addNow(key);
    }, afterMs);
    timers.set(key, { timer, at });
  };

  return {
    add: (key, afterMs = 0) => (afterMs > 0 ? addLater(key, afterMs) : addNow(key)),
    take() {
      if (isClosed) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        takers.push(resolve);
        hand();
      });
    },
    done(key, outcome) {
      active.delete(key);
      if (outcome === 'failed') addLater(key, limiter.next(key));
      else limiter.forget(key);
      if (again.delete(key)) addNow(key);
    },
    close() {
      isClosed = true;
      waiting.clear();
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      for (const taker of takers.splice(0)) taker(undefined);
    },
    get size() {
      return waiting.size + active.size;
    },
  };
}
