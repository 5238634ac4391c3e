import { decodeEventStream } from '../event-stream/decode-event-stream-message.ts';
import { request } from 'node:http';

/** An answer as it came over the socket. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** What each read of the socket brought. */
  readonly chunks: readonly Buffer[];
  /** Set when the connection broke instead of ending. */
  readonly error: string | undefined;
}

/** Sends a request with exactly this path and these headers (fetch would set its own Host). */
export async function send(
  url: string,
  path: string,
  {
    method = 'POST',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Received> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let received: Received['headers'] = {};
    const finish = (error?: string): void =>
      resolve({ status, headers: received, body: Buffer.concat(chunks), chunks, error });
    const outgoing = request({ hostname, port, path, method, headers, agent: false }, (incoming) => {
      status = incoming.statusCode ?? 0;
      received = incoming.headers as Received['headers'];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => finish());
      incoming.on('error', (error: NodeJS.ErrnoException) => finish(error.code));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => finish(error.code));
    outgoing.end(body);
  });
}

/** The body as JSON. */
export function jsonOf({ body }: Received): unknown {
  return JSON.parse(body.toString());
}

/** The event types and JSON payloads of an event stream. */
export function eventsOf({ body }: Received): [string, unknown][] {
  return decodeEventStream(body).map(({ headers, payload }) => [
    String(headers[':event-type']?.value),
    JSON.parse(payload.toString()),
  ]);
}

/** The events of a server-sent stream. */
export function serverSentEvents({ body }: Received): { event: string | undefined; data: string }[] {
  const blocks = body.toString().split('\n\n').filter(Boolean);
  return blocks.map((block) => ({
    event: /^event: (.*)$/m.exec(block)?.[1],
    data: /^data: (.*)$/m.exec(block)?.[1] ?? '',
  }));
}
