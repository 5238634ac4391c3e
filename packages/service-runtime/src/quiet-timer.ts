/** Waits for events to cease. */
export interface QuietTimer {
  /** Something happened: wait anew. */
  restart(): void;
  stop(): void;
}

/** Calls `onQuiet` when nothing has happened for `quietMs`, and at the latest ten times that after the first event. */
export function createQuietTimer(quietMs: number, onQuiet: () => void): QuietTimer {
  let timer: NodeJS.Timeout | undefined;
  let latest: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    clearTimeout(latest);
    latest = undefined;
  };
  const end = (): void => {
    stop();
    onQuiet();
  };
  return {
    restart() {
      clearTimeout(timer);
      timer = setTimeout(end, quietMs);
      latest ??= setTimeout(end, 10 * quietMs);
    },
    stop,
  };
}
