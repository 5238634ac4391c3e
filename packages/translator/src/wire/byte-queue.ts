/** Bytes that arrived and are not consumed yet, as one contiguous view. */
export interface ByteQueue {
  /** Number of bytes waiting. */
  readonly size: number;
  /** Appends; the first chunk is kept by reference, so callers must not write to it afterwards. */
  push(chunk: Uint8Array): void;
  /** All waiting bytes; the view stays valid. */
  view(): Uint8Array;
  /** Forgets the first `count` bytes. */
  consume(count: number): void;
}

const smallest = 1024;
/** From here on growth is by a quarter: a queue may hold many megabytes, and half of its buffer should not be empty. */
const large = 1024 * 1024;
/** Less than this is not worth a copy. */
const worthMoving = 64 * 1024;
const nothing = new Uint8Array(0);

class CursorQueue implements ByteQueue {
  #bytes: Uint8Array = nothing;
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
    if (this.size === 0) this.#forget();
    else if (this.#start > worthMoving && this.#start > 4 * this.size) this.#move(this.size);
  }

  #forget(): void {
    this.#bytes = nothing;
    this.#start = 0;
    this.#end = 0;
  }

  /** Growth by a factor keeps the work linear however small the chunks are. */
  #grow(extra: number): void {
    const needed = this.size + extra;
    this.#move(Math.max(smallest, needed < large ? 2 * needed : Math.ceil(1.25 * needed)));
  }

  /** Takes what waits to a buffer of its own. Earlier views stay valid: the old buffer is left alone. */
  #move(capacity: number): void {
    const moved = new Uint8Array(capacity);
    moved.set(this.view());
    this.#end = this.size;
    this.#start = 0;
    this.#bytes = moved;
    this.#isOwned = true;
  }
}

/** An empty queue. Its owner bounds it: what is consumed late, or never, stays in memory. */
export function createByteQueue(): ByteQueue {
  return new CursorQueue();
}
