import type { Endpoint, ResponseFailure, TokenUsage, Warning } from '@aigw/translator';

/** What is known of a request once its body has been read. */
export interface RequestLabels {
  readonly endpoint: Endpoint;
  /** The model that the client asked for. */
  readonly originalModel: string;
  readonly stream: boolean;
  /** The client's headers, lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
}

/** One upstream attempt of a request. */
export interface AttemptLabels {
  readonly backend: string;
  /** Schema name of the backend. */
  readonly schema: string;
  /** The model that the backend is asked for. */
  readonly model: string;
  readonly routeName: string;
}

/** How a request ended. `aborted`: the client or the upstream cut it off. */
export type RequestOutcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly failure: ResponseFailure }
  | { readonly kind: 'aborted' };

/** Latencies of a stream so far, in milliseconds. */
export interface TokenLatencies {
  readonly timeToFirstTokenMs: number;
  readonly interTokenLatencyMs: number;
}

/** Follows one client request. Nothing here throws; every method is cheap. */
export interface RequestObserver {
  /** A new upstream attempt begins; the last one gives the labels of the request. */
  attempt(labels: AttemptLabels): void;
  /** Fields that were dropped or changed on the way to the backend. */
  warnings(warnings: readonly Warning[]): void;
  /** A piece of a streamed answer with output left for the client. */
  output(): void;
  /** Cumulative usage and the model that answered, whenever they are news. */
  usage(usage: TokenUsage | undefined, responseModel: string | undefined): void;
  /** Present once output of a stream was seen. */
  latencies(): TokenLatencies | undefined;
  /** Called exactly once. */
  end(outcome: RequestOutcome): void;
}

/** Makes the observer of each request. */
export interface RequestMetrics {
  request(labels: RequestLabels): RequestObserver;
}
