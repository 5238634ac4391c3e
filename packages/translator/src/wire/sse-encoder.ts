import type { SseEvent } from './sse-decoder.ts';

const lineEnd = /\r\n|\r|\n/;

/** One event as it goes on the wire, blank line included. Data of several lines becomes several `data` fields. */
export function encodeSseEvent({ event, data }: SseEvent): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  const lines = lineEnd.test(data) ? data.split(lineEnd).join('\ndata: ') : data;
  return `${name}data: ${lines}\n\n`;
}
