import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The server's side of a WebSocket that carries whole binary messages. */
export interface WebSocket {
  send(message: Buffer): void;
  onMessage(listener: (message: Buffer) => void): void;
  onClose(listener: () => void): void;
  /** Says that it is over, and ends. */
  close(): void;
}

const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const normalClosure = Buffer.from([0x03, 0xe8]);

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly payload: Buffer;
  /** Its bytes, with everything before its payload. */
  readonly length: number;
}

/** @see RFC 6455, section 5.2 */
function parseFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const maskBytes = second & 0x80 ? 4 : 0;
  const start = 2 + lengthBytes + maskBytes;
  if (bytes.length < start) return undefined;
  const size =
    lengthBytes === 0 ? short : bytes.readUIntBE(lengthBytes === 8 ? 4 : 2, lengthBytes === 8 ? 6 : 2);
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - maskBytes, start);
  const payload = Buffer.from(bytes.subarray(start, start + size));
  if (maskBytes > 0) payload.forEach((byte, at) => (payload[at] = byte ^ (mask[at & 3] ?? 0)));
  return { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, payload, length: start + size };
}

function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload]);
  const header = Buffer.alloc(10);
  header.writeUInt8(0x80 | opcode, 0);
  header.writeUInt8(127, 1);
  header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

/** Answers the request for an upgrade, with a protocol that the client has offered. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, protocol: string): WebSocket {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1')
    .update(key + acceptSuffix)
    .digest('base64');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    ...['Upgrade: websocket', 'Connection: Upgrade'],
    ...[`Sec-WebSocket-Accept: ${accept}`, `Sec-WebSocket-Protocol: ${protocol}`],
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const listeners: ((message: Buffer) => void)[] = [];
  let pending = Buffer.alloc(0);
  let message: Buffer[] = [];

  const take = ({ opcode, isLast, payload }: Frame): void => {
    if (opcode === opcodes.ping) socket.write(encodeFrame(opcodes.pong, payload));
    if (opcode === opcodes.close) socket.end(encodeFrame(opcodes.close, normalClosure));
    if (opcode > opcodes.binary) return;
    message.push(payload);
    if (!isLast) return;
    const whole = Buffer.concat(message);
    message = [];
    for (const listener of listeners) listener(whole);
  };
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = parseFrame(pending); frame !== undefined; frame = parseFrame(pending)) {
      pending = pending.subarray(frame.length);
      take(frame);
    }
  });
  socket.on('error', () => socket.destroy());
  return {
    send: (payload) => {
      if (socket.writable) socket.write(encodeFrame(opcodes.binary, payload));
    },
    onMessage: (listener) => listeners.push(listener),
    onClose: (listener) => socket.once('close', listener),
    close: () => {
      if (socket.writable) socket.end(encodeFrame(opcodes.close, normalClosure));
    },
  };
}
