import { convertUsage } from '../../../endpoints/messages/convert-usage.ts';
import { createMessageStreamEncoder } from '../../../endpoints/messages/encode-message-stream.ts';
import { TranslationError } from '../../../errors.ts';
import { stringOf } from '../../../schemas/json-fields.ts';
import type { StreamOutput, StreamTranslation } from '../../../translated-stream.ts';
import { parseUpstreamObject } from '../../../upstream-json.ts';
import type { TokenUsage } from '../../../usage.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import { createSseDecoder, type SseEvent } from '../../../wire/sse-decoder.ts';
import { mapUsage } from '../map-usage.ts';
import { readFailure } from '../observe-stream.ts';
import type { AnswerContext } from './answer-context.ts';
import { messageId, readChoice } from './read-delta.ts';
import { createStreamState, type StreamState } from './stream-state.ts';

/** The bound of one buffered event. */
const maxEventBytes = 25 * 1024 * 1024;

/** Chunks of a chat completion in, events of a message out. */
class ChunkTranslation implements StreamTranslation {
  readonly #context: AnswerContext;
  readonly #decoder = createSseDecoder({ maxBytes: maxEventBytes });
  readonly #encoder = createMessageStreamEncoder();
  readonly #state: StreamState;
  #usage: TokenUsage = {};
  #hasStarted = false;
  #isOver = false;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#state = createStreamState(context, this.#encoder);
  }

  push(bytes: Uint8Array, output: StreamOutput): void {
    for (const event of this.#decoder.push(bytes)) this.#take(event, output);
  }

  end(output: StreamOutput): void {
    for (const event of this.#decoder.end()) this.#takeLast(event, output);
    if (this.#isOver) return;
    if (!this.#state.isFinished) throw truncatedStream();
    this.#finish(output);
  }

  #take(event: SseEvent, output: StreamOutput): void {
    if (this.#isOver) return;
    if (event.data.trim() === '[DONE]') {
      if (!this.#hasStarted) throw truncatedStream();
      this.#finish(output);
      return;
    }
    const { value } = parseUpstreamObject(event.data);
    const failure = readFailure(value, event.event);
    if (failure) {
      this.#isOver = true;
      output.fail(failure);
      return;
    }
    this.#takeChunk(value, output);
  }

  /** An event without its blank line may have been cut in two. */
  #takeLast(event: SseEvent, output: StreamOutput): void {
    try {
      this.#take(event, output);
    } catch (cause) {
      throw truncatedStream(cause);
    }
  }

  #takeChunk(chunk: JsonObject, output: StreamOutput): void {
    const usage = mapUsage(chunk['usage']);
    if (usage) {
      this.#usage = usage;
      output.usage(usage);
    }
    const choice = readChoice(chunk);
    if (!choice) return;
    if (!this.#hasStarted) this.#start(chunk, output);
    output.write(this.#state.accept(choice));
  }

  #start(chunk: JsonObject, output: StreamOutput): void {
    this.#hasStarted = true;
    const model = stringOf(chunk['model']) || this.#context.model;
    output.model(model);
    output.write(this.#encoder.start({ id: messageId(chunk, this.#context.requestId), model }));
  }

  #finish(output: StreamOutput): void {
    this.#isOver = true;
    output.write(this.#state.finish(convertUsage(this.#usage)));
  }
}

function truncatedStream(cause?: unknown): TranslationError {
  const message = `The provider's stream ended before the answer was complete`;
  return new TranslationError('stream_truncated', message, { cause });
}

/** The translation of one streamed answer. */
export function createChunkTranslation(context: AnswerContext): StreamTranslation {
  return new ChunkTranslation(context);
}
