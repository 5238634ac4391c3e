import type { Logger } from '@aigw/service-runtime';
import { setImmediate } from 'node:timers/promises';
import { ControllerError } from './errors.ts';
import { createWorkQueue } from './work-queue.ts';

/** Brings the cluster to what the objects behind one key ask for. Called again it changes nothing. */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<void>;

export interface Controller {
  readonly name: string;
  enqueue(key: string, afterMs?: number): void;
  /** Works on keys until the signal; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** How many keys wait or are worked on. */
  readonly pending: number;
}

export interface ControllerOptions {
  readonly name: string;
  readonly reconcile: Reconcile;
  readonly logger: Logger;
  readonly workers?: number;
  /** Called after each attempt, for metrics. */
  readonly onResult?: (name: string, outcome: 'succeeded' | 'failed') => void;
}

/** The one place where what a reconciler throws ends. */
export function createController(options: ControllerOptions): Controller {
  const { name, reconcile, logger, workers = 4, onResult } = options;
  const queue = createWorkQueue();

  const attempt = async (key: string, signal: AbortSignal): Promise<'succeeded' | 'failed'> => {
    try {
      await reconcile(key, signal);
      return 'succeeded';
    } catch (error) {
      if (signal.aborted) return 'succeeded';
      const isTerminal = ControllerError.is(error) && error.code === 'terminal';
      logger.error('reconcile failed', { controller: name, object: key, error, retried: !isTerminal });
      return isTerminal ? 'succeeded' : 'failed';
    }
  };

  const work = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const key = await queue.take();
      if (key === undefined) return;
      // What finds nothing to write waits for nothing: thousands of keys would keep an answer that has come from being read.
      await setImmediate();
      const outcome = await attempt(key, signal);
      onResult?.(name, outcome);
      queue.done(key, outcome);
    }
  };

  return {
    name,
    enqueue: (key, afterMs) => queue.add(key, afterMs),
    async run(signal) {
      const close = (): void => queue.close();
      signal.addEventListener('abort', close, { once: true });
      if (signal.aborted) close();
      await Promise.all(Array.from({ length: workers }, () => work(signal)));
      signal.removeEventListener('abort', close);
    },
    get pending() {
      return queue.size;
    },
  };
}
