import type { TokenUsage } from './usage.ts';
import type {
  Dialect,
  HeaderChanges,
  ResponseFailure,
  StreamedResponse,
  TranslatedChunk,
} from './translator.ts';
import { encodeStreamError, failureOf } from './upstream-error.ts';

/** Where a stream translation puts what it makes. After `fail` everything is ignored. */
export interface StreamOutput {
  /** Text for the client. */
  write(text: string): void;
  /** All usage known so far. */
  usage(usage: TokenUsage): void;
  model(name: string): void;
  /** Ends the stream with the dialect's error event. */
  fail(failure: ResponseFailure): void;
}

/** The part of a streamed answer that is particular to a pair of APIs. */
export interface StreamTranslation {
  /** Takes bytes, split anywhere. Whatever it throws ends the stream with an error event. */
  push(bytes: Uint8Array, output: StreamOutput): void;
  /** Writes the tail. @throws TranslationError `stream_truncated` when the answer is not complete. */
  end(output: StreamOutput): void;
  /** How the client's API ends a stream in failure; absent: as its dialect does. */
  readonly encodeFailure?: (failure: ResponseFailure) => string;
}

const utf8 = new TextEncoder();
const nothing = new Uint8Array(0);

class GuardedStream implements StreamedResponse {
  readonly kind = 'streamed';
  readonly headers: HeaderChanges;
  readonly #encodeFailure: (failure: ResponseFailure) => string;
  readonly #translation: StreamTranslation;
  #isOver = false;

  constructor(dialect: Dialect, headers: HeaderChanges, translation: StreamTranslation) {
    this.headers = headers;
    this.#translation = translation;
    this.#encodeFailure =
      translation.encodeFailure ?? ((failure: ResponseFailure) => encodeStreamError(dialect, failure));
  }

  push(chunk: Uint8Array): TranslatedChunk {
    return this.#run((output) => this.#translation.push(chunk, output));
  }

  end(): TranslatedChunk {
    const tail = this.#run((output) => this.#translation.end(output));
    this.#isOver = true;
    return tail;
  }

  fail(failure: ResponseFailure): TranslatedChunk {
    return this.#run((output) => output.fail(failure));
  }

  /** Nothing that a provider sends may escape as an exception: it would reset the client's connection. */
  #run(step: (output: StreamOutput) => void): TranslatedChunk {
    if (this.#isOver) return { body: nothing };
    const chunk = createChunk(this.#encodeFailure);
    try {
      step(chunk.output);
    } catch (error) {
      chunk.output.fail(failureOf(error));
    }
    const result = chunk.finish();
    this.#isOver ||= result.failure !== undefined;
    return result;
  }
}

interface ChunkInTheMaking {
  readonly output: StreamOutput;
  finish(): TranslatedChunk;
}

function createChunk(encodeFailure: (failure: ResponseFailure) => string): ChunkInTheMaking {
  let text = '';
  let usage: TokenUsage | undefined;
  let responseModel: string | undefined;
  let failure: ResponseFailure | undefined;
  const isOpen = (): boolean => failure === undefined;
  const output: StreamOutput = {
    write: (more) => {
      if (isOpen()) text += more;
    },
    usage: (latest) => {
      if (isOpen()) usage = latest;
    },
    model: (name) => {
      if (isOpen()) responseModel = name;
    },
    fail: (reason) => {
      if (!isOpen()) return;
      text += encodeFailure(reason);
      failure = reason;
    },
  };
  const finish = (): TranslatedChunk => ({
    body: utf8.encode(text),
    ...(usage && { usage }),
    ...(responseModel !== undefined && { responseModel }),
    ...(failure && { failure }),
  });
  return { output, finish };
}

/** A streamed response that always ends well: whatever goes wrong inside becomes the dialect's error event, once, and nothing follows it. */
export function createTranslatedStream(
  dialect: Dialect,
  headers: HeaderChanges,
  translation: StreamTranslation,
): StreamedResponse {
  return new GuardedStream(dialect, headers, translation);
}
