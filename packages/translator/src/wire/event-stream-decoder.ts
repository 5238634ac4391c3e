import { TranslationError } from '../errors.ts';
import { createByteQueue } from './byte-queue.ts';
import { crc32 } from './crc32.ts';
import { decodeEventStreamHeaders } from './event-stream-headers.ts';

/** One frame of `application/vnd.amazon.eventstream`. */
export interface EventStreamMessage {
  /** Names as sent, such as `:event-type`; values of other types than string in their usual text form. */
  readonly headers: ReadonlyMap<string, string>;
  /** A view into the received bytes: use it before the next push. */
  readonly payload: Uint8Array;
}

/** Turns bytes into checked frames. */
export interface EventStreamDecoder {
  /**
   * Feeds the next bytes, split anywhere. Iterate over the result at once: an error is thrown in its place in the order of frames.
   * @throws TranslationError `upstream_error` for a wrong checksum, length or header; the decoder is of no use afterwards.
   */
  push(bytes: Uint8Array): Iterable<EventStreamMessage>;
  /** @throws TranslationError `stream_truncated` when the stream ended inside a frame. */
  end(): void;
}

const preludeBytes = 12;
const overheadBytes = 16;

class FrameDecoder implements EventStreamDecoder {
  readonly #maxBytes: number;
  readonly #queue = createByteQueue();
  /** Length of the frame whose prelude has been checked; 0 when the next prelude is still to come. */
  #frameBytes = 0;
  #lastSource = new Uint8Array(0);
  #lastHeaders: ReadonlyMap<string, string> = new Map();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Uint8Array): Iterable<EventStreamMessage> {
    this.#queue.push(bytes);
    return this.#drain();
  }

  end(): void {
    if (this.#queue.size === 0) return;
    throw new TranslationError('stream_truncated', `The provider's stream ended inside a frame`);
  }

  *#drain(): Iterable<EventStreamMessage> {
    for (;;) {
      if (this.#frameBytes === 0) {
        if (this.#queue.size < preludeBytes) return;
        this.#frameBytes = checkPrelude(this.#queue.view(), this.#maxBytes);
      }
      if (this.#queue.size < this.#frameBytes) return;
      const frame = this.#queue.view().subarray(0, this.#frameBytes);
      this.#queue.consume(this.#frameBytes);
      this.#frameBytes = 0;
      yield this.#decodeFrame(frame);
    }
  }

  #decodeFrame(frame: Uint8Array): EventStreamMessage {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const messageEnd = frame.length - 4;
    if (crc32(frame.subarray(0, messageEnd)) !== view.getUint32(messageEnd)) {
      throw corrupt('the frame checksum is wrong');
    }
    const headersEnd = preludeBytes + view.getUint32(4);
    return {
      headers: this.#decodeHeaders(frame.subarray(preludeBytes, headersEnd)),
      payload: frame.subarray(headersEnd, messageEnd),
    };
  }

  /** Most frames of a stream have the headers of the frame before, byte for byte. */
  #decodeHeaders(source: Uint8Array): ReadonlyMap<string, string> {
    if (!isEqual(source, this.#lastSource)) {
      this.#lastHeaders = decodeEventStreamHeaders(source);
      this.#lastSource = source.slice();
    }
    return this.#lastHeaders;
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return false;
  }
  return true;
}

/** The frame's length, trusted only once the prelude's checksum holds: a corrupt length would mean waiting for ever. */
function checkPrelude(bytes: Uint8Array, maxBytes: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, preludeBytes);
  if (crc32(bytes.subarray(0, 8)) !== view.getUint32(8)) throw corrupt('the prelude checksum is wrong');
  const total = view.getUint32(0);
  if (total > maxBytes) throw corrupt(`a frame of ${total} bytes is over the limit of ${maxBytes}`);
  if (total < overheadBytes || view.getUint32(4) > total - overheadBytes)
    throw corrupt('the lengths disagree');
  return total;
}

function corrupt(what: string): TranslationError {
  return new TranslationError('upstream_error', `The provider's stream is corrupt: ${what}`);
}

/**
 * A decoder of AWS event streams; holds at most one unfinished frame of up to `maxBytes`.
 * @see https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function createEventStreamDecoder(options: { readonly maxBytes: number }): EventStreamDecoder {
  return new FrameDecoder(options.maxBytes);
}
