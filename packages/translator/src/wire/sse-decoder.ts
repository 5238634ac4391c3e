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
const colon = 0x3a;
const space = 0x20;
const byteOrderMark = [0xef, 0xbb, 0xbf];
const lineFeed = Uint8Array.of(LF);
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

class LineSseDecoder implements SseDecoder {
  readonly #maxBytes: number;
  readonly #queue = createByteQueue();
  #scanned = 0;
  #isFirstLine = true;
  #isAfterCr = false;
  #event: string | undefined;
  /** The data lines so far, as bytes: as strings, short lines would take a multiple of their length. */
  readonly #data = createByteQueue();
  #hasData = false;
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
    const line = this.#isFirstLine ? withoutMark(bytes) : bytes;
    this.#isFirstLine = false;
    const nameEnd = line.indexOf(colon);
    const name = nameOf(nameEnd < 0 ? line : line.subarray(0, nameEnd));
    if (name === undefined) return;
    this.#eventBytes += bytes.length;
    const valueStart = nameEnd < 0 ? line.length : nameEnd + (line[nameEnd + 1] === space ? 2 : 1);
    const value = line.subarray(valueStart);
    if (name === 'data') this.#addData(value);
    else this.#event = utf8.decode(value);
  }

  #addData(value: Uint8Array): void {
    if (this.#hasData) this.#data.push(lineFeed);
    this.#data.push(value);
    this.#hasData = true;
  }

  #dispatch(): SseEvent | undefined {
    const event = this.#event;
    const hasData = this.#hasData;
    this.#event = undefined;
    this.#hasData = false;
    this.#eventBytes = 0;
    if (!hasData) return undefined;
    const data = utf8.decode(this.#data.view());
    this.#data.consume(this.#data.size);
    return { ...(event !== undefined && { event }), data };
  }

  #checkLimit(extra: number): void {
    if (this.#eventBytes + extra <= this.#maxBytes) return;
    throw new TranslationError(
      'upstream_error',
      `The provider sent an event longer than ${this.#maxBytes} bytes`,
    );
  }
}

function withoutMark(line: Uint8Array): Uint8Array {
  return byteOrderMark.every((byte, index) => line[index] === byte) ? line.subarray(3) : line;
}

/** The fields that matter; compared as bytes, as lines may be long. */
function nameOf(bytes: Uint8Array): 'data' | 'event' | undefined {
  if (bytes.length > 5) return undefined;
  const name = String.fromCharCode(...bytes);
  return name === 'data' || name === 'event' ? name : undefined;
}

/**
 * A decoder of server-sent events: LF, CRLF and CR, comments, byte order mark, several `data` lines; linear in its input.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseDecoder(options: { readonly maxBytes: number }): SseDecoder {
  return new LineSseDecoder(options.maxBytes);
}
