import { createFirstEventProbe, type FirstEventProbe, type ResponseFailure } from '@aigw/translator';
import type { BodyMessage, HeadersMessage, ProcessingAnswer } from '../codec/messages.ts';
import type { Attempt, Exchange } from '../stream/exchange.ts';
import type { Interrupt, Outcome } from '../stream/processor.ts';
import type { Vigil } from '../stream/silence-watch.ts';
import type { ProcessorDeps } from './processor-deps.ts';

/** Well below the time that Envoy's filter gives a message; most answers have begun by then. */
const extendAfterMs = 5_000;
/** Envoy's own limit comes this much after ours. */
const extensionMarginMs = 15_000;

/** What a hold needs of its stream. */
export interface HoldContext {
  readonly deps: ProcessorDeps;
  readonly exchange: Exchange;
  readonly attempt: Attempt;
  readonly interrupt: Interrupt;
}

/**
 * Holds the headers of a streamed answer back until its first event is known. An answer that begins with an error gets the
 * error's status, so that Envoy can try another backend; any other goes on as it is. Then the hold leaves the stream, and
 * later events cost nothing. It never ends an answer: at this level that would leave the upstream request behind.
 */
export interface ResponseHold {
  open(message: HeadersMessage): Outcome;
  push(message: BodyMessage): Outcome;
  /** The answer ended with trailers. */
  end(): Outcome;
  dispose(): void;
}

export function createResponseHold(context: HoldContext): ResponseHold {
  return new Hold(context);
}

class Hold implements ResponseHold {
  readonly #context: HoldContext;
  #probe: FirstEventProbe | undefined;
  #vigil: Vigil | undefined;
  #heldPieces = 0;
  #heldMs = 0;
  #isExtended = false;

  constructor(context: HoldContext) {
    this.#context = context;
  }

  open({ headers, endOfStream }: HeadersMessage): Outcome {
    const status = Number(headers.get(':status'));
    const encoding = headers.get('content-encoding') ?? 'identity';
    const isPlainSuccess = status >= 200 && status < 300 && encoding === 'identity';
    if (!isPlainSuccess) return this.#release();
    const head = { status, headers };
    this.#probe = createFirstEventProbe(head, this.#context.attempt.translator.response(head));
    if (endOfStream) return this.#decide(this.#probe.end());
    this.#vigil = this.#context.deps.silence.start(this.#patienceMs(), () => this.#wait());
    return { answers: [], next: 'streaming' };
  }

  push({ body, endOfStream }: BodyMessage): Outcome {
    this.#heldPieces += 1;
    this.#isExtended = false;
    const verdict = this.#probe?.push(body);
    if (verdict !== undefined) return this.#decide(verdict);
    if (endOfStream) return this.end();
    return { answers: [], next: 'streaming' };
  }

  end(): Outcome {
    return this.#decide(this.#probe?.end() ?? 'good');
  }

  dispose(): void {
    this.#vigil?.stop();
  }

  #decide(verdict: 'good' | ResponseFailure): Outcome {
    this.dispose();
    if (verdict === 'good') return this.#release();
    const { deps, exchange, attempt } = this.#context;
    attempt.firstFailure = verdict;
    const { code, status } = verdict;
    const { requestId } = exchange;
    deps.logger.info('stream failed before its first event', {
      requestId,
      backend: attempt.backend.name,
      code,
      status,
    });
    return this.#release(status);
  }

  /** Envoy keeps the pieces that it shows us: they go on when they are answered, and those under way when we leave. */
  #release(status?: number): Outcome {
    const changes = status && { headers: { set: [[':status', String(status)]] as const, remove: [] } };
    const pieces = Array.from({ length: this.#heldPieces }, () => ({ kind: 'responseBody' }) as const);
    const answers: ProcessingAnswer[] = [{ kind: 'responseHeaders', ...changes }, ...pieces];
    return { answers, next: 'left' };
  }

  #patienceMs(): number {
    return Math.min(extendAfterMs, this.#context.deps.firstEventTimeoutMs);
  }

  #wait(): void {
    const { interrupt, deps } = this.#context;
    this.#heldMs += this.#patienceMs();
    if (this.#heldMs >= deps.firstEventTimeoutMs) {
      const seconds = Math.round(deps.firstEventTimeoutMs / 1000);
      const message = `The model did not begin its answer within ${seconds} s`;
      interrupt(() => this.#decide({ code: 'stream_idle_timeout', message, status: 504 }));
    } else if (!this.#isExtended) {
      this.#isExtended = true;
      const timeoutMs = deps.firstEventTimeoutMs + extensionMarginMs;
      interrupt(() => ({ answers: [{ kind: 'extend', timeoutMs }], next: 'streaming' }));
    }
  }
}
