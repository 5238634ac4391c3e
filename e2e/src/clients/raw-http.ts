import { connect } from 'node:net';
import { waitUntil } from '../wait-until.ts';

/** A connection on which the test writes HTTP/1.1 itself. */
export interface RawConnection {
  write(bytes: string | Uint8Array): void;
  /** Everything received so far, once it holds the heads of that many answers. Fails when they do not come. */
  answers(count: number): Promise<string>;
  /** True while neither side has closed it. */
  isOpen(): boolean;
  close(): void;
}

/** A request with its length, as bytes; headers may be repeated. */
export function rawRequest(
  line: string,
  body: string | Uint8Array,
  headers: readonly (readonly [string, string])[] = [],
): Uint8Array {
  const payload = Buffer.from(body as string);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `${line} HTTP/1.1\r\nhost: gateway\r\n${lines}content-length: ${payload.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), payload]);
}

/** Opens a connection to the gateway. */
export function openRawConnection(url: string): RawConnection {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let received = '';
  let isOpen = true;
  socket.on('data', (piece: Buffer) => {
    received += piece.toString('latin1');
  });
  socket.on('error', () => undefined);
  for (const event of ['end', 'close'] as const) {
    socket.on(event, () => {
      isOpen = false;
    });
  }
  return {
    write: (bytes) => void socket.write(bytes),
    answers: (count) =>
      waitUntil(`${count} answers`, () => {
        const heads = received.match(/HTTP\/1\.1 [2-5]\d\d [^]*?\r\n\r\n/g) ?? [];
        return heads.length >= count && received;
      }),
    isOpen: () => isOpen,
    close: () => void socket.destroy(),
  };
}
