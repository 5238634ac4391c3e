import { TranslationError } from '../errors.ts';
import { createByteQueue } from './byte-queue.ts';

/** One server-sent event. */
export interface SseEvent {
  /** The `event:` field; absent when the stream did not send one. */
  readonly event?: string;
  /** The `data:` lines, joined with line feeds. */
  readonly data: string;
}

/** Turns the bytes of an event stream into events. */
export interface SseDecoder {
  /**
   * Feeds the next bytes, split anywhere. Iterate over the result at once: an error is thrown in its place in the order of events.
   * @throws TranslationError `upstream_error` when one event is longer than the limit.
   */
  push(bytes: Uint8Array): Iterable<SseEvent>;
  /** The stream ended: yields an event that lacks its closing blank line. */
  end(): Iterable<SseEvent>;
}

const LF = 0x0a;
const CR = 0x0d;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

class LineSseDecoder implements SseDecoder {
  readonly #maxBytes: number;
  readonly #queue = createByteQueue();
  #scanned = 0;
  #isFirstLine = true;
  #isAfterCr = false;
  #event: string | undefined;
  #data: string[] = [];
  #eventBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Uint8Array): Iterable<SseEvent> {
    this.#queue.push(bytes);
    return this.#drain();
  }

  *end(): Iterable<SseEvent> {
    yield* this.#drain();
    if (this.#queue.size > 0) this.#acceptLine(this.#queue.view());
    this.#queue.consume(this.#queue.size);
    const last = this.#dispatch();
    if (last) yield last;
  }

  *#drain(): Iterable<SseEvent> {
    for (let line = this.#takeLine(); line !== undefined; line = this.#takeLine()) {
      if (line.length > 0) this.#acceptLine(line);
      else {
        const event = this.#dispatch();
        if (event) yield event;
      }
    }
    this.#checkLimit(this.#queue.size);
  }

  /** The next whole line without its end; each byte is looked at once. */
  #takeLine(): Uint8Array | undefined {
    if (this.#isAfterCr && this.#queue.size > 0) {
      this.#isAfterCr = false;
      if (this.#queue.view()[0] === LF) this.#queue.consume(1);
    }
    const bytes = this.#queue.view();
    let end = this.#scanned;
    while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
    if (end === bytes.length) {
      this.#scanned = end;
      return undefined;
    }
    this.#isAfterCr = bytes[end] === CR;
    this.#scanned = 0;
    this.#queue.consume(end + 1);
    return bytes.subarray(0, end);
  }

  #acceptLine(bytes: Uint8Array): void {
    this.#checkLimit(bytes.length);
    let line = utf8.decode(bytes);
    if (this.#isFirstLine && line.startsWith('\ufeff')) line = line.slice(1);
    this.#isFirstLine = false;
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    if (name !== 'data' && name !== 'event') return;
    this.#eventBytes += bytes.length;
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.#data.push(value);
    else this.#event = value;
  }

  #dispatch(): SseEvent | undefined {
    const data = this.#data;
    const event = this.#event;
    this.#data = [];
    this.#event = undefined;
    this.#eventBytes = 0;
    if (data.length === 0) return undefined;
    return { ...(event !== undefined && { event }), data: data.join('\n') };
  }

  #checkLimit(extra: number): void {
    if (this.#eventBytes + extra <= this.#maxBytes) return;
    throw new TranslationError(
      'upstream_error',
      `The provider sent an event longer than ${this.#maxBytes} bytes`,
    );
  }
}

/**
 * A decoder of server-sent events: LF, CRLF and CR, comments, byte order mark, several `data` lines; linear in its input.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseDecoder(options: { readonly maxBytes: number }): SseDecoder {
  return new LineSseDecoder(options.maxBytes);
}
