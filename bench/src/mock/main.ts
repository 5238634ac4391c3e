/**
 * The upstream of the benchmark: Bedrock's four operations with fixed answers, on raw sockets so that it is never what is
 * measured. `node main.ts PORT`. `GET /__pause?ms=` sets the pause of streams, `GET /__last` tells the last request.
 */
import { createServer, type Socket } from 'node:net';
import { MessageReader } from '../http1/message-reader.ts';
import { readClock } from '../mark.ts';
import { eventsPerStream } from '../workloads.ts';
import { createTextFrames, encodeFrame } from './event-frames.ts';

const text = 'All work and no play makes Jack a dull boy. '.repeat(14);
const usage = { inputTokens: 25, outputTokens: 100, totalTokens: 125 };

function buildAnswer(body: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(body));
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-amzn-requestid: bench\r\ncontent-length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

const converse = buildAnswer({
  output: { message: { role: 'assistant', content: [{ text }] } },
  stopReason: 'end_turn',
  usage,
  metrics: { latencyMs: 1 },
});
const invoke = buildAnswer({
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 25, output_tokens: 100 },
});
const streamHead = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\nx-amzn-requestid: bench\r\ntransfer-encoding: chunked\r\n\r\n',
);
const opening = encodeFrame('messageStart', { role: 'assistant' });
const closing = Buffer.concat([
  encodeFrame('contentBlockStop', { contentBlockIndex: 0 }),
  encodeFrame('messageStop', { stopReason: 'end_turn' }),
  encodeFrame('metadata', { usage, metrics: { latencyMs: 1 } }),
]);
const buildTextFrame = createTextFrames();

let pauseMs = 0;
let last = { head: '', body: '' };

function asChunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

function sendStream(socket: Socket): void {
  socket.write(Buffer.concat([streamHead, asChunk(opening)]));
  let sent = 0;
  const sendNext = (): void => {
    if (socket.destroyed) return;
    socket.write(asChunk(buildTextFrame(readClock())));
    sent += 1;
    if (sent < eventsPerStream) schedule();
    else socket.write(Buffer.concat([asChunk(closing), Buffer.from('0\r\n\r\n')]));
  };
  const schedule = (): void => {
    if (pauseMs > 0) setTimeout(sendNext, pauseMs);
    else setImmediate(sendNext);
  };
  schedule();
}

function sendAnswer(socket: Socket, path: string): void {
  if (path.startsWith('/__pause')) {
    pauseMs = Number(/ms=(\d+)/.exec(path)?.[1] ?? 0);
    socket.write(buildAnswer({ pauseMs }));
  } else if (path === '/__last') {
    socket.write(buildAnswer(last));
  } else if (path.endsWith('/converse-stream')) {
    sendStream(socket);
  } else {
    socket.write(path.endsWith('/converse') ? converse : invoke);
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  let head = '';
  let pieces: Buffer[] = [];
  const reader = new MessageReader({
    onHead: (text) => {
      head = text;
    },
    onBody: (piece) => pieces.push(Buffer.from(piece)),
    onEnd: () => {
      const path = head.split(' ', 2)[1] ?? '';
      if (!path.startsWith('/__')) last = { head, body: Buffer.concat(pieces).toString('utf8') };
      pieces = [];
      sendAnswer(socket, path);
    },
  });
  socket.on('data', (piece: Buffer) => {
    reader.push(piece);
  });
  socket.on('error', () => socket.destroy());
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
