import type {
  ClientRequest,
  Dialect,
  Endpoint,
  ResponseFailure,
  Translator,
  Warning,
} from '@aigw/translator';
import type { HeaderMap } from '../codec/messages.ts';
import type { RuntimeBackend, RuntimeConfig } from '../config/runtime-config.ts';
import type { RequestObserver, RequestOutcome } from '../telemetry/request-metrics.ts';

/** The latest attempt of a request; the response is read with its translator. */
export interface Attempt {
  readonly number: number;
  readonly backend: RuntimeBackend;
  readonly translator: Translator;
  /** The model that the backend is asked for. */
  readonly model: string;
  readonly routeName: string;
  /** The route's own limit on a stream's silence, at which Envoy cuts it. */
  readonly streamIdleMs: number | undefined;
  readonly warnings: readonly Warning[];
  /** Set when the answer began with an error and its status was changed to that error's. */
  firstFailure?: ResponseFailure;
}

/** One client request: made by the router's stream, found again by the streams of its attempts. */
export interface Exchange {
  /** The internal id; never shown to anybody. */
  readonly id: string;
  /** The id that Envoy and the client know. */
  readonly requestId: string;
  readonly endpoint: Endpoint;
  readonly dialect: Dialect;
  /** `:path` as the client sent it. */
  readonly path: string;
  /** What the client sent. */
  readonly headers: HeaderMap;
  /** The same with those that are for the gateway alone; never sent on. */
  readonly received: HeaderMap;
  /** The configuration that the request began with. */
  readonly config: RuntimeConfig;
  /** Set when the body has come. */
  request?: ClientRequest;
  /** True when what Envoy holds is not the body of `request`, so that it has to be replaced. */
  isBodyChanged: boolean;
  observer?: RequestObserver;
  attempts: number;
  attempt?: Attempt;
  /** Names of the headers that attempts have changed so far. */
  readonly touchedHeaders: Set<string>;
  /** True when an attempt's signature was refused and the next one is there to do better; once is enough. */
  isSignedAgain: boolean;
  /** True when an attempt was answered by ourselves: the response that comes back is finished. */
  isAnswered: boolean;
  /** Set by `endExchange`. */
  isEnded: boolean;
}

/** Says once how a request ended; what is said later is not news. */
export function endExchange(exchange: Exchange, outcome: RequestOutcome): void {
  if (exchange.isEnded) return;
  exchange.isEnded = true;
  exchange.observer?.end(outcome);
}
