import { type BufferedResponse, failureToClient, type ResponseFailure } from '@aigw/translator';
import type { BodyMessage, HeaderMap, HeadersMessage } from '../codec/messages.ts';
import { type Attempt, endExchange, type Exchange } from '../stream/exchange.ts';
import type { Interrupt, Outcome, Result } from '../stream/processor.ts';
import type { Vigil } from '../stream/silence-watch.ts';
import { answerBodyless, answerBuffered } from './buffered-answer.ts';
import { type ContentDecoder, createContentDecoder } from './content-decoder.ts';
import { createHeaderPlan, type HeaderPlan } from './header-plan.ts';
import { answerLocalReply, isLocalReply, type LocalReplyContext } from './local-reply.ts';
import type { ProcessorDeps } from './processor-deps.ts';
import { addResponseHeaders } from './response-head.ts';
import { createResponseReport, type ResponseReport } from './response-report.ts';
import { createStreamedAnswer, type StreamedAnswer } from './streamed-answer.ts';

/** The response to one client request. */
export interface ResponseProcessor {
  open(message: HeadersMessage): Result;
  finish(message: BodyMessage): Result;
  push(message: BodyMessage): Result;
  end(): Result;
  /** Ends a stream with the dialect's error event. Never throws. */
  abort(error: unknown): Outcome;
  dispose(): void;
}

/** The response to a request that reached no backend, or that we answered ourselves: Envoy made it. */
export function createLocalResponse(context: LocalReplyContext, isAnswered: boolean): ResponseProcessor {
  return {
    open: (message) => ({
      answers: [isAnswered ? { kind: message.kind } : answerLocalReply(message, context)],
      next: 'passing',
    }),
    finish: passBody,
    push: passBody,
    end: passTrailers,
    abort: () => ({ answers: [], next: 'closed' }),
    dispose: () => undefined,
  };
}

/** The response to a request that reached a backend. */
export function createAttemptResponse(
  deps: ProcessorDeps,
  exchange: Exchange,
  attempt: Attempt,
  interrupt: Interrupt,
): ResponseProcessor {
  return new AttemptResponse(deps, exchange, attempt, interrupt);
}

function passBody(): Outcome {
  return { answers: [{ kind: 'responseBody' }], next: 'passing' };
}

function passTrailers(): Outcome {
  return { answers: [{ kind: 'responseTrailers' }], next: 'closed' };
}

class AttemptResponse implements ResponseProcessor {
  readonly #deps: ProcessorDeps;
  readonly #exchange: Exchange;
  readonly #attempt: Attempt;
  #buffered: { readonly response: BufferedResponse; readonly report: ResponseReport } | undefined;
  #streamed: StreamedAnswer | undefined;
  #decoder: ContentDecoder | undefined;
  readonly #interrupt: Interrupt;
  #vigil: Vigil | undefined;

  constructor(deps: ProcessorDeps, exchange: Exchange, attempt: Attempt, interrupt: Interrupt) {
    this.#deps = deps;
    this.#exchange = exchange;
    this.#attempt = attempt;
    this.#interrupt = interrupt;
  }

  open(message: HeadersMessage): Outcome {
    const { headers, endOfStream } = message;
    const status = Number(headers.get(':status'));
    const isSuccess = status >= 200 && status < 300;
    const report = createResponseReport(this.#deps.logger, this.#exchange, this.#attempt, isSuccess);
    if (isLocalReply(message)) return this.#openLocalReply(message, report, status);
    const plan = createHeaderPlan();
    addResponseHeaders(plan, headers, this.#exchange);
    const { firstFailure } = this.#attempt;
    if (firstFailure !== undefined) return this.#refuse(firstFailure, headers, plan, report);
    this.#decoder = endOfStream ? undefined : createContentDecoder(headers.get('content-encoding'));
    const response = this.#attempt.translator.response({ status, headers });
    if (response.kind === 'buffered') {
      this.#buffered = { response, report };
      if (endOfStream) return answerBodyless(response, plan, report);
      return { answers: [{ kind: 'responseHeaders', headers: plan.build() }], next: 'buffering' };
    }
    this.#streamed = createStreamedAnswer(response, this.#decoder, report);
    plan.apply(response.headers);
    plan.remove('content-length');
    plan.remove('content-encoding');
    if (endOfStream) return this.#streamed.bodyless(plan);
    const answer = { kind: 'responseHeaders', headers: plan.build(), streamResponse: true } as const;
    return { answers: [answer], next: 'streaming' };
  }

  finish(message: BodyMessage): Result {
    if (this.#buffered === undefined) return passBody();
    const { response, report } = this.#buffered;
    return answerBuffered(message, response, this.#decoder, report);
  }

  push(message: BodyMessage): Result {
    if (this.#streamed === undefined) return passBody();
    // Envoy takes nothing unprompted before the first piece has come; until then its own timers watch.
    this.#vigil ??= this.#deps.silence.start(this.#idleLimitMs(), () => this.#expire());
    this.#vigil.touch();
    return this.#streamed.push(message);
  }

  end(): Result {
    return this.#streamed?.end() ?? passTrailers();
  }

  abort(error: unknown): Outcome {
    return this.#fail(error, {
      code: 'upstream_error',
      message: 'The rest of the answer cannot be read',
      status: 502,
    });
  }

  #fail(error: unknown, failure: ResponseFailure): Outcome {
    this.#vigil?.stop();
    try {
      if (this.#streamed !== undefined) return this.#streamed.abort(failure);
    } catch (cause) {
      const { requestId } = this.#exchange;
      this.#deps.logger.error('the error event could not be made', {
        requestId,
        error: cause,
        reason: error,
      });
    }
    endExchange(this.#exchange, { kind: 'failed', failure });
    return {
      answers: [{ kind: 'responseChunk', body: new Uint8Array(), endOfStream: true }],
      next: 'closed',
    };
  }

  dispose(): void {
    this.#vigil?.stop();
    this.#decoder?.dispose();
  }

  /** A little less than what the route lets Envoy wait; the limit of all streams where the route has none. */
  #idleLimitMs(): number {
    const { streamIdleMs } = this.#attempt;
    if (streamIdleMs === undefined) return this.#deps.streamIdleTimeoutMs;
    return Math.max(streamIdleMs / 2, streamIdleMs - 2000);
  }

  /** Said before Envoy cuts the stream, after which nothing can be said. */
  #expire(): void {
    const seconds = Math.round(this.#idleLimitMs() / 1000);
    const message = `The model's stream was silent for ${seconds} s`;
    this.#interrupt(() => this.#fail(undefined, { code: 'stream_idle_timeout', message, status: 504 }));
  }

  /**
   * No backend was left to try after a stream that began with an error. The answer is made here and now: the upstream may
   * never end its own, and Envoy cancels it with ours.
   */
  #refuse(failure: ResponseFailure, headers: HeaderMap, plan: HeaderPlan, report: ResponseReport): Outcome {
    const { dialect, requestId } = this.#exchange;
    const response = failureToClient(dialect, failure, requestId);
    const retryAfter = headers.get('retry-after');
    if (retryAfter !== undefined) plan.set('retry-after', retryAfter);
    plan.apply(response.headers);
    report.end(failure);
    const body = Buffer.from(response.body ?? []).toString();
    const { set } = plan.build();
    const { status } = failure;
    return {
      answers: [{ kind: 'immediate', status, headers: set, body, details: 'aigw_stream_failed_at_start' }],
      next: 'closed',
    };
  }

  /** Envoy gave up on the attempt: it was refused, reset or too slow. */
  #openLocalReply(message: HeadersMessage, report: ResponseReport, status: number): Outcome {
    report.end({ code: 'local_reply', message: 'answered by Envoy', status });
    const { dialect, requestId, request } = this.#exchange;
    const answer = answerLocalReply(message, { dialect, requestId, model: request?.model });
    return { answers: [answer], next: 'passing' };
  }
}
