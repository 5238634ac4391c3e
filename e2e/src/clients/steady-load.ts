import type { Answer } from './http.ts';

/** An answer that was not 200 to its end. */
export interface LoadFailure {
  readonly request: number;
  /** When it came, in Unix milliseconds. */
  readonly atMs: number;
  /** 0: the connection broke. */
  readonly status: number;
  readonly text: string;
}

/** What a load has brought so far. */
export interface SteadyLoad {
  /** Requests whose answer has come. */
  answered(): number;
  /** In the order in which they came. */
  failures(): readonly LoadFailure[];
  /** Begins no more requests and waits for those that run. */
  stop(): Promise<void>;
}

/**
 * Sends requests at a steady rate, whether answers come or not, so that a gateway that waits gets more at once and not fewer.
 * @param isWhole - tells a whole answer of status 200 from one that was cut
 */
export function startSteadyLoad(
  send: (index: number) => Promise<Answer>,
  { perSecond, isWhole = () => true }: { perSecond: number; isWhole?: (answer: Answer) => boolean },
): SteadyLoad {
  const running = new Set<Promise<void>>();
  const failures: LoadFailure[] = [];
  let answered = 0;
  let sent = 0;
  const ask = async (): Promise<void> => {
    const request = sent++;
    const fail = (status: number, text: string): void => {
      failures.push({ request, atMs: Date.now(), status, text: text.slice(0, 300) });
    };
    await send(request).then(
      (answer) => {
        if (answer.status !== 200 || !isWhole(answer)) fail(answer.status, answer.text);
      },
      (error: unknown) => fail(0, String(error)),
    );
    answered += 1;
  };
  const begin = (): void => {
    const request = ask().finally(() => running.delete(request));
    running.add(request);
  };
  const timer = setInterval(begin, 1000 / perSecond);
  return {
    answered: () => answered,
    failures: () => failures,
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
    },
  };
}
