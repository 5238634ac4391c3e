import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Delivery } from './faults/plan-delivery.ts';

/**
 * Writes an answer. Waits are cut short when the client leaves; a client that reads slowly is waited for.
 * Never rejects: a client that is gone has no use for the rest.
 */
export async function sendDelivery(response: ServerResponse, delivery: Delivery): Promise<void> {
  if (delivery.isSized && delivery.delayMs === 0) {
    sendWhole(response, delivery);
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    if (delivery.delayMs > 0) await wait(delivery.delayMs, undefined, { signal: gone.signal });
    await write(response, delivery, gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function write(response: ServerResponse, delivery: Delivery, signal: AbortSignal): Promise<void> {
  if (delivery.end === 'reset' && delivery.chunks.length === 0) {
    response.socket?.resetAndDestroy();
    return;
  }
  if (delivery.isSized) {
    sendWhole(response, delivery);
    return;
  }
  response.writeHead(delivery.status, delivery.headers.flat());
  response.flushHeaders();
  const isSplit = delivery.chunks.every((chunk) => chunk.length <= 1);
  for (const [index, chunk] of delivery.chunks.entries()) {
    if (index > 0 && delivery.intervalMs > 0) await wait(delivery.intervalMs, undefined, { signal });
    if (!response.write(chunk)) await once(response, 'drain', { signal });
    if (isSplit) await flushed(response);
  }
  if (delivery.end === 'clean') response.end();
  else await reset(response);
}

function sendWhole(response: ServerResponse, { status, headers, chunks }: Delivery): void {
  const [body] = chunks;
  response.writeHead(status, [...headers.flat(), 'content-length', String(body?.length ?? 0)]);
  response.end(body);
}

/** What was written has left for the socket, so that the peer sees it before what follows. */
async function flushed(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => response.write('', () => resolve()));
}

async function reset(response: ServerResponse): Promise<void> {
  await flushed(response);
  response.socket?.resetAndDestroy();
}
