import { encodeBase64 } from '../wire/base64.ts';
import { concatBytes, encodeEvent } from './encode-event-stream.ts';

const utf8 = new TextEncoder();

/** An event of a message, as Anthropic has it. */
export interface MessageEventValue {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Server-sent events, as Anthropic's own API streams them. */
export function encodeMessageEvents(events: readonly MessageEventValue[]): Uint8Array {
  return utf8.encode(
    events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  );
}

/** Frames, as InvokeModelWithResponseStream wraps the same events. */
export function encodeInvokeEvents(events: readonly MessageEventValue[]): Uint8Array {
  return concatBytes(
    ...events.map((event) =>
      encodeEvent('chunk', { bytes: encodeBase64(utf8.encode(JSON.stringify(event))), p: 'abc' }),
    ),
  );
}

/** Frames of ConverseStream, each a type and a payload. */
export function encodeConverseEvents(
  events: readonly (readonly [type: string, payload: object])[],
): Uint8Array {
  return concatBytes(...events.map(([type, payload]) => encodeEvent(type, { ...payload, p: 'abcd' })));
}
