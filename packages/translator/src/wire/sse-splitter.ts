import { TranslationError } from '../errors.ts';
import { createByteQueue } from './byte-queue.ts';

/** Cuts a stream of server-sent events into blocks, each with one event at most, without changing a byte. */
export interface SseSplitter {
  /** The blocks that are complete now, closing blank line included. @throws TranslationError `upstream_error` over the limit. */
  push(bytes: Uint8Array): Iterable<Uint8Array>;
  /** What is left: a block without its blank line, possibly empty. */
  end(): Uint8Array;
}

const LF = 0x0a;
const CR = 0x0d;

class BlankLineSplitter implements SseSplitter {
  readonly #maxBytes: number;
  readonly #queue = createByteQueue();
  #scanned = 0;
  /** The bytes so far end in a line end. */
  #isLineStart = true;
  #isAfterCr = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Uint8Array): Iterable<Uint8Array> {
    this.#queue.push(bytes);
    return this.#drain();
  }

  end(): Uint8Array {
    const rest = this.#queue.view();
    this.#queue.consume(rest.length);
    return rest;
  }

  *#drain(): Iterable<Uint8Array> {
    for (let block = this.#takeBlock(); block !== undefined; block = this.#takeBlock()) yield block;
    if (this.#queue.size > this.#maxBytes) {
      throw new TranslationError(
        'upstream_error',
        `The provider sent an event longer than ${this.#maxBytes} bytes`,
      );
    }
  }

  #takeBlock(): Uint8Array | undefined {
    const bytes = this.#queue.view();
    while (this.#scanned < bytes.length) {
      const isBlank = this.#endsBlankLine(bytes[this.#scanned++]);
      if (!isBlank) continue;
      const block = bytes.subarray(0, this.#scanned);
      this.#queue.consume(this.#scanned);
      this.#scanned = 0;
      return block;
    }
    return undefined;
  }

  /** A CR ends its line at once; an LF after it belongs to the same end, and so to the next block. */
  #endsBlankLine(byte: number | undefined): boolean {
    const isPairEnd = byte === LF && this.#isAfterCr;
    this.#isAfterCr = byte === CR;
    if (isPairEnd) return false;
    const isLineEnd = byte === LF || byte === CR;
    const isBlank = isLineEnd && this.#isLineStart;
    this.#isLineStart = isLineEnd;
    return isBlank;
  }
}

/** A splitter that holds at most one block of up to `maxBytes`. */
export function createSseSplitter(options: { readonly maxBytes: number }): SseSplitter {
  return new BlankLineSplitter(options.maxBytes);
}
