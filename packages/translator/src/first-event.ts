import { readBedrockFrame } from './bedrock/read-frame.ts';
import { errorTypesOf } from './error-types.ts';
import { TranslationError } from './errors.ts';
import { mediaTypeOf } from './response-head.ts';
import { parseMessageEvent } from './schemas/anthropic/message-event.ts';
import { numberOf, objectOf, stringOf } from './schemas/json-fields.ts';
import type { BufferedResponse, ResponseFailure, ResponseHead, StreamedResponse } from './translator.ts';
import { failureOf } from './upstream-error.ts';
import { parseUpstreamObject } from './upstream-json.ts';
import { decodeBase64 } from './wire/base64.ts';
import { createEventStreamDecoder } from './wire/event-stream-decoder.ts';
import type { JsonObject } from './wire/json-document.ts';
import { createSseDecoder, type SseEvent } from './wire/sse-decoder.ts';

/** How a streamed answer begins; undefined: too early to tell. */
export type FirstEvent = 'good' | ResponseFailure | undefined;

/** Tells from the first bytes of an answer to a streamed request whether it is one, while another backend can still be asked. */
export interface FirstEventProbe {
  /** Bytes of the (plain) body, split anywhere. The verdict stands once it is given. Never throws. */
  push(bytes: Uint8Array): FirstEvent;
  /** The answer is over. Never throws. */
  end(): 'good' | ResponseFailure;
}

/** Looks for the first event in what has come; throws when it cannot be read. */
interface EventReader {
  push(bytes: Uint8Array): FirstEvent;
  end(): FirstEvent;
}

/** An answer of which this much has come without a verdict is let through. */
export const maxProbedBytes = 64 * 1024;

const utf8 = new TextDecoder();

class BoundedProbe implements FirstEventProbe {
  readonly #reader: EventReader;
  #size = 0;
  #verdict: FirstEvent;

  constructor(reader: EventReader) {
    this.#reader = reader;
  }

  push(bytes: Uint8Array): FirstEvent {
    if (this.#verdict !== undefined) return this.#verdict;
    // No byte beyond the bound is looked at, so that the verdict does not depend on how they were split.
    const seen = bytes.subarray(0, maxProbedBytes - this.#size);
    this.#size += seen.length;
    this.#verdict = this.#try(() => this.#reader.push(seen));
    if (this.#size >= maxProbedBytes) this.#verdict ??= 'good';
    return this.#verdict;
  }

  end(): 'good' | ResponseFailure {
    this.#verdict ??= this.#try(() => this.#reader.end());
    this.#verdict ??= failureOf(
      new TranslationError('stream_truncated', `The provider's stream ended before it began`),
    );
    return this.#verdict;
  }

  #try(read: () => FirstEvent): FirstEvent {
    try {
      return read();
    } catch (error) {
      return failureOf(error);
    }
  }
}

/** Frames of AWS; in those of InvokeModel an event of Anthropic's is wrapped. */
function createFrameReader(): EventReader {
  const decoder = createEventStreamDecoder({ maxBytes: Number.MAX_SAFE_INTEGER });
  return {
    push(bytes) {
      for (const message of decoder.push(bytes)) {
        const frame = readBedrockFrame(message);
        if (frame.kind === 'failure') return frame.failure;
        return frame.type === 'chunk' ? judgeChunk(frame.payload) : 'good';
      }
      return undefined;
    },
    end: () => undefined,
  };
}

function judgeChunk(payload: Uint8Array): FirstEvent {
  const bytes = decodeBase64(stringOf(parseUpstreamObject(payload).value['bytes']) ?? '');
  return (bytes && parseMessageEvent(utf8.decode(bytes))?.failure) ?? 'good';
}

/** Server-sent events, of Anthropic's and of OpenAI's kind. Comments and pings say nothing yet. */
function createSseReader(): EventReader {
  const decoder = createSseDecoder({ maxBytes: Number.MAX_SAFE_INTEGER });
  const judge = (events: Iterable<SseEvent>): FirstEvent => {
    for (const event of events) {
      if (event.event !== 'ping') return judgeEvent(event);
    }
    return undefined;
  };
  return { push: (bytes) => judge(decoder.push(bytes)), end: () => judge(decoder.end()) };
}

function judgeEvent({ event, data }: SseEvent): FirstEvent {
  const value = parse(data);
  if (event !== 'error' && !value) return 'good';
  return readFailure(value ?? {}, event === 'error') ?? 'good';
}

function parse(data: string): JsonObject | undefined {
  try {
    return parseUpstreamObject(data).value;
  } catch {
    return undefined;
  }
}

function readFailure(value: JsonObject, isNamedError: boolean): ResponseFailure | undefined {
  const isError = isNamedError || value['type'] === 'error';
  const error =
    objectOf(value['error']) ??
    objectOf(objectOf(value['response'])?.['error']) ??
    (isError ? value : undefined);
  if (!error) return undefined;
  const names = [stringOf(error['code']), stringOf(error['type'])].filter((name) => name !== undefined);
  return {
    code: names[0] ?? 'upstream_error',
    message: stringOf(error['message']) ?? 'The provider ended the stream with an error',
    status: readStatus(error) ?? statusOf(names) ?? 502,
  };
}

/** Some servers give the status as a number. */
function readStatus(error: JsonObject): number | undefined {
  const status = numberOf(error['status']) ?? numberOf(error['code']) ?? 0;
  return status >= 400 && status <= 599 ? status : undefined;
}

function statusOf(names: readonly string[]): number | undefined {
  return names.map((name) => errorTypesOf(name, 0).status).find((status) => status > 0);
}

/** A whole body in place of a stream: what its translation says of it. */
function createBodyReader(response: BufferedResponse): EventReader {
  const pieces: Uint8Array[] = [];
  return {
    push(bytes) {
      pieces.push(bytes);
      return undefined;
    },
    end() {
      const body = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
      let offset = 0;
      for (const piece of pieces) {
        body.set(piece, offset);
        offset += piece.length;
      }
      return response.finish(body).failure ?? 'good';
    },
  };
}

/**
 * A probe for an answer with a status of success to a request for a stream.
 * @param response what the translator makes of `head`; it is used up only where it is a buffered one.
 */
export function createFirstEventProbe(
  head: ResponseHead,
  response: BufferedResponse | StreamedResponse,
): FirstEventProbe {
  if (response.kind === 'buffered') return new BoundedProbe(createBodyReader(response));
  const isSse = mediaTypeOf(head) === 'text/event-stream';
  return new BoundedProbe(isSse ? createSseReader() : createFrameReader());
}
