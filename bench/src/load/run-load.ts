import { Worker } from 'node:worker_threads';
import type { Summary } from './summary.ts';

/** What a load is to do. */
export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly stream: boolean;
  readonly connections: number;
  readonly requests: number;
  /** No request is started after that time. */
  readonly boundMs: number;
}

/** What came of it. */
export interface LoadResult {
  readonly answered: number;
  readonly errors: number;
  /** The status of the first request that failed; 0 is a broken connection. */
  readonly firstError: number | undefined;
  readonly seconds: number;
  readonly eventCount: number;
  readonly latency: Summary;
  readonly firstEvent: Summary;
  readonly eventLatency: Summary;
}

/** Runs a load in a thread of its own. */
export function runLoad(order: LoadOrder): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: order });
    const limit = setTimeout(() => {
      void worker.terminate();
      reject(new Error(`the load did not end within ${order.boundMs + 60_000} ms: a request hangs`));
    }, order.boundMs + 60_000);
    worker.once('message', (result: LoadResult) => {
      clearTimeout(limit);
      resolve(result);
    });
    worker.once('error', reject);
  });
}
