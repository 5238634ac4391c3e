/** Bytes that arrived and are not consumed yet, as one contiguous view. */
export interface ByteQueue {
  /** Number of bytes waiting. */
  readonly size: number;
  /** Appends; the first chunk is kept by reference, so callers must not write to it afterwards. */
  push(chunk: Uint8Array): void;
  /** All waiting bytes. Valid until the next `push`. */
  view(): Uint8Array;
  /** Forgets the first `count` bytes. */
  consume(count: number): void;
}

const smallest = 1024;

class CursorQueue implements ByteQueue {
  #bytes = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #isOwned = false;

  get size(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.size === 0) {
      this.#bytes = new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.length);
      this.#start = 0;
      this.#end = chunk.length;
      this.#isOwned = false;
      return;
    }
    if (!this.#isOwned || this.#end + chunk.length > this.#bytes.length) this.#grow(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  view(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  consume(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end);
  }

  /** Doubling keeps the work linear however small the chunks are. Earlier views stay valid: the old buffer is left alone. */
  #grow(extra: number): void {
    const grown = new Uint8Array(Math.max(smallest, 2 * (this.size + extra)));
    grown.set(this.view());
    this.#end = this.size;
    this.#start = 0;
    this.#bytes = grown;
    this.#isOwned = true;
  }
}

/** An empty queue. Its owner bounds it: what is consumed late, or never, stays in memory. */
export function createByteQueue(): ByteQueue {
  return new CursorQueue();
}
