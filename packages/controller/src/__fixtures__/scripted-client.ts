import type { ApiClient, ApiRequest, QueryParameters, WatchEvent } from '../kube/api-client.ts';

/** An API server that answers as a test says. */
export interface ScriptedClient extends ApiClient {
  readonly requests: ApiRequest[];
  readonly watches: QueryParameters[];
}

export interface Script {
  request(request: ApiRequest): unknown;
  /** What a watch delivers before it ends; `signal` aborts with the informer. */
  watch?(query: QueryParameters, signal: AbortSignal): AsyncIterable<WatchEvent>;
}

/** Nothing, until the signal. */
export function silence(signal: AbortSignal): AsyncIterable<WatchEvent> {
  const end = (): Promise<IteratorResult<WatchEvent>> =>
    new Promise((resolve) => {
      const finish = (): void => resolve({ done: true, value: undefined });
      if (signal.aborted) finish();
      else signal.addEventListener('abort', finish, { once: true });
    });
  return { [Symbol.asyncIterator]: () => ({ next: end }) };
}

export function createScriptedClient(script: Script): ScriptedClient {
  const requests: ApiRequest[] = [];
  const watches: QueryParameters[] = [];
  return {
    requests,
    watches,
    // eslint-disable-next-line @typescript-eslint/require-await -- what the script throws becomes a rejection
    async request(request) {
      requests.push(request);
      return script.request(request);
    },
    watch(_path, query, signal) {
      watches.push(query);
      return script.watch?.(query, signal) ?? silence(signal);
    },
  };
}
