import { TranslationError } from '../../errors.ts';
import type { HeaderChanges, ResponseFailure, StreamedResponse, TranslatedChunk } from '../../translator.ts';
import { failureOf } from '../../upstream-error.ts';
import { createSseDecoder } from '../../wire/sse-decoder.ts';
import { createSseSplitter } from '../../wire/sse-splitter.ts';
import { createStreamObserver } from './observe-stream.ts';

const maxEventBytes = 25 * 1024 * 1024;
const utf8 = new TextEncoder();
const nothing = new Uint8Array(0);

/** How a stream is handed on. */
export interface PassthroughOptions {
  /** The usage chunk was our wish, not the client's: it is taken out. */
  readonly isUsageHidden: boolean;
  readonly headers: HeaderChanges;
  /** The events that end the stream in failure. */
  readonly encodeFailure: (failure: ResponseFailure) => string;
}

/** Hands events on as they are, reads along for metering, and notices an early end. */
class PassthroughStream implements StreamedResponse {
  readonly kind = 'streamed';
  readonly headers: HeaderChanges;
  readonly #isUsageHidden: boolean;
  readonly #encodeFailure: PassthroughOptions['encodeFailure'];
  readonly #splitter = createSseSplitter({ maxBytes: maxEventBytes });
  readonly #decoder = createSseDecoder({ maxBytes: maxEventBytes });
  readonly #observer = createStreamObserver();
  #hasOpenEvent = false;
  #isOver = false;

  constructor({ headers, isUsageHidden, encodeFailure }: PassthroughOptions) {
    this.headers = headers;
    this.#encodeFailure = encodeFailure;
    this.#isUsageHidden = isUsageHidden;
  }

  push(chunk: Uint8Array): TranslatedChunk {
    if (this.#isOver) return { body: nothing };
    if (chunk.length > 0) this.#hasOpenEvent = chunk.at(-1) !== 0x0a && chunk.at(-1) !== 0x0d;
    const before = this.#snapshot();
    const kept: Uint8Array[] = [];
    try {
      for (const block of this.#splitter.push(chunk)) {
        if (!this.#isUsageOnly(block)) kept.push(block);
      }
    } catch (error) {
      return this.#close(join(kept), failureOf(error));
    }
    return { ...(this.#isUsageHidden && { body: join(kept) }), ...this.#changesSince(before) };
  }

  end(): TranslatedChunk {
    if (this.#isOver) return { body: nothing };
    const before = this.#snapshot();
    const rest = this.#splitter.end();
    let isHidden = this.#isUsageOnly(rest);
    for (const event of this.#decoder.end()) isHidden = this.#observer.observe(event) || isHidden;
    const tail = this.#isUsageHidden && !isHidden ? rest : nothing;
    const changes = this.#changesSince(before);
    if (this.#observer.isComplete || this.#observer.failure) {
      this.#isOver = true;
      return { ...(this.#isUsageHidden && { body: tail }), ...changes };
    }
    const reason = new TranslationError(
      'stream_truncated',
      `The provider's stream ended before the answer was complete`,
    );
    return { ...changes, ...this.#close(tail, failureOf(reason)) };
  }

  fail(failure: ResponseFailure): TranslatedChunk {
    if (this.#isOver) return { body: nothing };
    return this.#close(this.#isUsageHidden ? this.#splitter.end() : nothing, failure);
  }

  /** A blank line first, where the client is in the middle of an event. */
  #close(body: Uint8Array, failure: ResponseFailure): TranslatedChunk {
    this.#isOver = true;
    const gap = this.#hasOpenEvent ? '\n\n' : '\n';
    return { body: join([body, utf8.encode(gap + this.#encodeFailure(failure))]), failure };
  }

  #isUsageOnly(block: Uint8Array): boolean {
    let isUsageOnly = false;
    for (const event of this.#decoder.push(block)) isUsageOnly = this.#observer.observe(event);
    return isUsageOnly && this.#isUsageHidden;
  }

  #snapshot(): Omit<TranslatedChunk, 'body'> {
    const { usage, model, failure } = this.#observer;
    return {
      ...(usage && { usage }),
      ...(model !== undefined && { responseModel: model }),
      ...(failure && { failure }),
    };
  }

  #changesSince(before: Omit<TranslatedChunk, 'body'>): Omit<TranslatedChunk, 'body'> {
    const { usage, responseModel, failure } = this.#snapshot();
    return {
      ...(usage && usage !== before.usage && { usage }),
      ...(responseModel !== undefined && responseModel !== before.responseModel && { responseModel }),
      ...(failure && !before.failure && { failure }),
    };
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only) return only;
  const joined = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}

/** A stream of an OpenAI-like server on its way to a client of the same API. */
export function createPassthroughStream(options: PassthroughOptions): StreamedResponse {
  return new PassthroughStream(options);
}
