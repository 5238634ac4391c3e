import { TranslationError } from '../../errors.ts';
import {
  parseMessageEvent,
  type MessageEvent,
  type MessageEventSource,
} from '../../schemas/anthropic/message-event.ts';
import { createSseDecoder, type SseEvent } from '../../wire/sse-decoder.ts';

/** The bound of one buffered event: 25 MiB. */
export const maxEventBytes = 25 * 1024 * 1024;

/**
 * The events of Anthropic's own streams, server-sent events.
 * With `wanted`, events that are named in the stream and not in it are left unread, and what cannot be read is passed over:
 * that is for those who only look on. Without it, what cannot be read ends the stream: something of the answer is lost.
 */
export function createSseEventSource(wanted?: ReadonlySet<string>): MessageEventSource {
  const decoder = createSseDecoder({ maxBytes: maxEventBytes });
  const pick = wanted ? (events: Iterable<SseEvent>) => pickEvents(events, wanted) : parseEvents;
  return {
    push: (bytes) => pick(decoder.push(bytes)),
    // The last event may be cut off; that it is missing tells more than that it cannot be read.
    end: () => pickEvents(decoder.end(), wanted),
  };
}

function* pickEvents(
  events: Iterable<SseEvent>,
  wanted: ReadonlySet<string> | undefined,
): Iterable<MessageEvent> {
  for (const { event: name, data } of events) {
    if (name !== undefined && wanted?.has(name) === false) continue;
    const event = parseMessageEvent(data);
    if (event) yield event;
  }
}

function* parseEvents(events: Iterable<SseEvent>): Iterable<MessageEvent> {
  for (const { data } of events) {
    const event = parseMessageEvent(data);
    if (event) yield event;
    else if (!isFiller(data))
      throw new TranslationError('upstream_error', 'The provider sent an event that cannot be read');
  }
}

/** Servers that are merely like Anthropic's end their streams as OpenAI's do. */
function isFiller(data: string): boolean {
  const text = data.trim();
  return text === '' || text === '[DONE]';
}
