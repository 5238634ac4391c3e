import type { MessageEventSource } from '../../schemas/anthropic/message-event.ts';
import type { ResponseFailure, StreamedResponse, TranslatedChunk } from '../../translator.ts';
import { encodeStreamError, failureOf } from '../../upstream-error.ts';
import { createStreamObserver } from './observe-stream.ts';
import { createSseEventSource } from './sse-events.ts';
import { truncatedStream } from './translate-events.ts';

const utf8 = new TextEncoder();
const latin1 = new TextDecoder('latin1');

/** Whether a client's parser, after these last bytes, stands between two events. */
const eventBoundary = /(?:\n\n|\r\r|\r\n\r\n|^)$/;

/** Nearly all events are deltas of content, and those say nothing about usage or the end. */
const observedEvents = new Set(['message_start', 'message_delta', 'message_stop', 'error']);

/** Leaves the bytes of a stream alone and reads along, for metering and to notice how it ends. */
class PassthroughStream implements StreamedResponse {
  readonly kind = 'streamed';
  readonly headers = { set: [], remove: [] };
  /** Given up when the events cannot be told apart any more; the bytes pass on unread. */
  #source: MessageEventSource | undefined = createSseEventSource(observedEvents);
  readonly #observer = createStreamObserver();
  #tail = '';
  #isOver = false;

  push(chunk: Uint8Array): TranslatedChunk {
    if (this.#isOver) return { body: new Uint8Array(0) };
    this.#tail = (this.#tail + latin1.decode(chunk.subarray(-4))).slice(-4);
    return this.#read((source) => source.push(chunk));
  }

  end(): TranslatedChunk {
    if (this.#isOver) return { body: new Uint8Array(0) };
    const last = this.#read((source) => source.end());
    if (last.failure || !this.#source || this.#observer.isFinished) return last;
    return { ...last, ...this.fail(failureOf(truncatedStream())) };
  }

  fail(failure: ResponseFailure): TranslatedChunk {
    if (this.#isOver) return { body: new Uint8Array(0) };
    this.#isOver = true;
    const separator = eventBoundary.test(this.#tail) ? '' : '\n\n';
    const body = utf8.encode(separator + encodeStreamError('anthropic', failure));
    return { body, failure, ...this.#observer.takeChanges() };
  }

  #read(next: (source: MessageEventSource) => ReturnType<MessageEventSource['end']>): TranslatedChunk {
    let failure: ResponseFailure | undefined;
    try {
      for (const event of this.#source ? next(this.#source) : []) {
        this.#observer.observe(event);
        failure ??= event.failure;
      }
    } catch {
      this.#source = undefined;
    }
    this.#isOver ||= failure !== undefined;
    return { ...this.#observer.takeChanges(), ...(failure && { failure }) };
  }
}

/** A stream of Anthropic events on its way to a client of the same API. */
export function createPassthroughStream(): StreamedResponse {
  return new PassthroughStream();
}
