import type { ApiClient } from './api-client.ts';

/** A client whose requests end with the signal that is asked for at each of them, as well as with their own. */
export function endRequestsBy(client: ApiClient, signalFor: () => AbortSignal): ApiClient {
  return {
    request: (call) => {
      const signals = call.signal === undefined ? [signalFor()] : [call.signal, signalFor()];
      return client.request({ ...call, signal: AbortSignal.any(signals) });
    },
    watch: (path, query, signal) => client.watch(path, query, signal),
  };
}
