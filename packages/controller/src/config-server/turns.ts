/** Lets a few do something at a time; the others wait in the order in which they came. */
export interface Turns {
  /** Resolves with what ends the turn, or with `undefined` when the signal aborts before there is one. */
  take(signal: AbortSignal): Promise<(() => void) | undefined>;
}

export function createTurns(count: number): Turns {
  let free = count;
  const waiting = new Set<() => void>();
  const end = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next();
  };
  return {
    take: (signal) =>
      new Promise((resolve) => {
        if (free > 0) {
          free -= 1;
          resolve(end);
          return;
        }
        const finish = (turn: (() => void) | undefined): void => {
          waiting.delete(called);
          signal.removeEventListener('abort', leave);
          resolve(turn);
        };
        const called = (): void => finish(end);
        const leave = (): void => finish(undefined);
        waiting.add(called);
        if (signal.aborted) leave();
        else signal.addEventListener('abort', leave);
      }),
  };
}
