import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './post.ts';

/** What became of one request. */
export interface Outcome {
  /** Milliseconds after the traffic's start. */
  readonly at: number;
  /** The status, or the message of the error that came instead of an answer. */
  readonly result: number | string;
  /** The beginning of the body of an answer that was no success. */
  readonly text?: string;
}

/** Requests that go on beside a test. */
export interface Traffic {
  outcomes(): readonly Outcome[];
  /** Those that were no success. */
  failures(): readonly Outcome[];
  /** Waits for the requests on their way. */
  stop(): Promise<void>;
}

async function observe(ask: () => Promise<Answer>): Promise<Omit<Outcome, 'at'>> {
  try {
    const { status, text } = await ask();
    return status === 200 ? { result: status } : { result: status, text: text.slice(0, 300) };
  } catch (error) {
    return { result: error instanceof Error ? error.message : String(error) };
  }
}

/** Sends a request every so often, whether the one before has been answered or not. */
export function startTraffic(ask: () => Promise<Answer>, { everyMs = 20 } = {}): Traffic {
  const start = performance.now();
  const outcomes: Outcome[] = [];
  const open = new Set<Promise<void>>();
  const stopping = new AbortController();

  const send = async (): Promise<void> => {
    const at = Math.round(performance.now() - start);
    outcomes.push({ at, ...(await observe(ask)) });
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const sent = send();
      open.add(sent);
      void sent.then(() => open.delete(sent));
      await delay(everyMs);
    }
  };
  const looping = loop();
  return {
    outcomes: () => outcomes,
    failures: () => outcomes.filter(({ result }) => result !== 200),
    stop: async () => {
      stopping.abort();
      await looping;
      await Promise.all(open);
    },
  };
}
