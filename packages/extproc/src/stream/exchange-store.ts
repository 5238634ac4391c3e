import { TranslationError } from '@aigw/translator';
import type { Exchange } from './exchange.ts';

/** The client requests in progress, by the internal id that links the streams of one request. */
export interface ExchangeStore {
  readonly size: number;
  /** @throws TranslationError when there are too many; Envoy's circuit breakers are to bite long before. */
  add(exchange: Exchange): void;
  get(id: string): Exchange | undefined;
  /**
   * The request with an id that clients can choose; undefined when two in progress share it, so that nobody gets the other's.
   * For retries behind a configuration that does not put the internal id back.
   */
  getOnlyOne(requestId: string): Exchange | undefined;
  /** Called when the router's stream ends, which every end of a request leads to. */
  remove(id: string): void;
}

/** @param limit Requests in progress at once. */
export function createExchangeStore(limit = 100_000): ExchangeStore {
  const exchanges = new Map<string, Exchange>();
  const byRequestId = new Map<string, Set<Exchange>>();
  return {
    get size() {
      return exchanges.size;
    },
    add(exchange) {
      if (exchanges.size >= limit) {
        throw new TranslationError('internal', 'The gateway has too many requests in progress: try again');
      }
      exchanges.set(exchange.id, exchange);
      const namesakes = byRequestId.get(exchange.requestId);
      if (namesakes === undefined) byRequestId.set(exchange.requestId, new Set([exchange]));
      else namesakes.add(exchange);
    },
    get: (id) => exchanges.get(id),
    getOnlyOne(requestId) {
      const [first, ...others] = byRequestId.get(requestId) ?? [];
      return others.length === 0 ? first : undefined;
    },
    remove(id) {
      const exchange = exchanges.get(id);
      if (exchange === undefined) return;
      exchanges.delete(id);
      const namesakes = byRequestId.get(exchange.requestId);
      namesakes?.delete(exchange);
      if (namesakes?.size === 0) byRequestId.delete(exchange.requestId);
    },
  };
}
