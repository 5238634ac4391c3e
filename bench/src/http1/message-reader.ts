/** What a reader tells about the messages of one connection. */
export interface MessageHandler {
  /** The first line and the headers, as text. */
  onHead(head: string): void;
  /** A piece of the body, as it came. Valid during the call only. */
  onBody(piece: Buffer): void;
  onEnd(): void;
}

type State = 'head' | 'length' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers';

const endOfHead = Buffer.from('\r\n\r\n');

/**
 * Reads HTTP/1.1 messages with a body of known length or in chunks, split anyhow: requests for the mock, answers for
 * the load generator. It trusts its peer; that is what makes it cheap.
 */
export class MessageReader {
  private state: State = 'head';
  private held: Buffer = Buffer.alloc(0);
  private left = 0;
  private readonly handler: MessageHandler;

  constructor(handler: MessageHandler) {
    this.handler = handler;
  }

  /** Takes what has arrived. */
  push(piece: Buffer): void {
    let rest = this.held.length === 0 ? piece : Buffer.concat([this.held, piece]);
    for (;;) {
      const used = this.step(rest);
      if (used < 0) break;
      rest = rest.subarray(used);
    }
    this.held = rest;
  }

  /** Takes one step on what is there; returns how many bytes it used, or -1 when it needs more. */
  private step(bytes: Buffer): number {
    switch (this.state) {
      case 'head':
        return this.readHead(bytes);
      case 'length':
      case 'chunk-data':
        return this.readBody(bytes);
      case 'chunk-size':
        return this.readChunkSize(bytes);
      case 'chunk-end':
        if (bytes.length < 2) return -1;
        this.state = 'chunk-size';
        return 2;
      case 'trailers':
        if (bytes.length < 2) return -1;
        this.end();
        return 2;
    }
  }

  private readHead(bytes: Buffer): number {
    const end = bytes.indexOf(endOfHead);
    if (end < 0) return -1;
    const head = bytes.toString('latin1', 0, end);
    this.handler.onHead(head);
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.state = 'chunk-size';
    } else {
      this.left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      this.state = 'length';
      if (this.left === 0) this.end();
    }
    return end + 4;
  }

  private readBody(bytes: Buffer): number {
    if (bytes.length === 0) return -1;
    const size = Math.min(this.left, bytes.length);
    this.handler.onBody(bytes.subarray(0, size));
    this.left -= size;
    if (this.left === 0) {
      if (this.state === 'length') this.end();
      else this.state = 'chunk-end';
    }
    return size;
  }

  private readChunkSize(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n');
    if (end < 0) return -1;
    this.left = parseInt(bytes.toString('latin1', 0, end), 16);
    this.state = this.left === 0 ? 'trailers' : 'chunk-data';
    return end + 2;
  }

  private end(): void {
    this.state = 'head';
    this.handler.onEnd();
  }
}
