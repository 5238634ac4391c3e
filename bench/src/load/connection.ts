import { connect, type Socket } from 'node:net';
import { MessageReader } from '../http1/message-reader.ts';
import { MarkScanner, readClock } from '../mark.ts';

/** How one request went; times in nanoseconds. */
export interface RequestTimes {
  readonly status: number;
  readonly total: number;
  /** Until the first text event of a stream. */
  readonly first: number;
  /** From the mock's write to our read, for every event. */
  readonly events: readonly number[];
}

/** One kept connection that sends the same request again and again. */
export class LoadConnection {
  private socket: Socket | undefined;
  private readonly port: number;
  private readonly request: Buffer;
  private readonly scanner = new MarkScanner();
  private started = 0;
  private status = 0;
  private first = 0;
  private events: number[] = [];
  private finish: ((times: RequestTimes) => void) | undefined;

  constructor(port: number, request: Buffer) {
    this.port = port;
    this.request = request;
  }

  /** Sends the request and resolves when its answer is complete; a broken connection is status 0. */
  run(): Promise<RequestTimes> {
    return new Promise((resolve) => {
      this.finish = resolve;
      this.status = this.first = 0;
      this.events = [];
      this.scanner.reset();
      this.started = readClock();
      this.socket ??= this.open();
      this.socket.write(this.request);
    });
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    const reader = new MessageReader({
      onHead: (head) => {
        this.status = Number(head.slice(9, 12));
      },
      onBody: (piece) => {
        this.readMarks(piece);
      },
      onEnd: () => {
        this.end(this.status);
      },
    });
    socket.on('data', (piece: Buffer) => {
      reader.push(piece);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.socket === socket) this.socket = undefined;
      this.end(0);
    });
    return socket;
  }

  private readMarks(piece: Buffer): void {
    const now = readClock();
    this.scanner.push(piece, (time) => {
      if (this.first === 0) this.first = now - this.started;
      this.events.push(now - time);
    });
  }

  private end(status: number): void {
    const finish = this.finish;
    this.finish = undefined;
    finish?.({ status, total: readClock() - this.started, first: this.first, events: this.events });
  }
}
