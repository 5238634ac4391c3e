import { readBedrockFrame } from '../../bedrock/read-frame.ts';
import { TranslationError } from '../../errors.ts';
import { stringOf } from '../../schemas/json-fields.ts';
import {
  parseMessageEvent,
  type MessageEvent,
  type MessageEventSource,
} from '../../schemas/anthropic/message-event.ts';
import { parseUpstreamObject } from '../../upstream-json.ts';
import { decodeBase64 } from '../../wire/base64.ts';
import { createEventStreamDecoder, type EventStreamMessage } from '../../wire/event-stream-decoder.ts';
import { parseJsonDocument } from '../../wire/json-document.ts';
import { spliceJson } from '../../wire/json-splice.ts';
import { invocationMetricsKey } from '../anthropic/observe-stream.ts';
import { maxEventBytes } from '../anthropic/sse-events.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The events of InvokeModelWithResponseStream: each `chunk` frame carries one event of Anthropic's, in base64.
 * Padding and Bedrock's metrics stay here (the metrics remain in `value`); frames of unknown types are skipped.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
export function createInvokeEventSource(): MessageEventSource {
  const decoder = createEventStreamDecoder({ maxBytes: maxEventBytes });
  return {
    push: (bytes) => readEvents(decoder.push(bytes)),
    end: () => {
      decoder.end();
      return [];
    },
  };
}

function* readEvents(frames: Iterable<EventStreamMessage>): Iterable<MessageEvent> {
  for (const message of frames) {
    const frame = readBedrockFrame(message);
    if (frame.kind === 'failure') yield { type: 'error', data: '', value: {}, failure: frame.failure };
    else if (frame.type === 'chunk') {
      const event = readChunk(frame.payload);
      if (event) yield event;
    }
  }
}

function readChunk(payload: Uint8Array): MessageEvent | undefined {
  const encoded = stringOf(parseUpstreamObject(payload).value['bytes']);
  if (encoded === undefined || encoded === '') return undefined;
  const bytes = decodeBase64(encoded);
  if (!bytes) throw new TranslationError('upstream_error', 'The provider sent a chunk that is not base64');
  const event = parseMessageEvent(utf8.decode(bytes));
  if (!event) throw new TranslationError('upstream_error', 'The provider sent a chunk that is no event');
  return invocationMetricsKey in event.value ? { ...event, data: withoutMetrics(bytes) } : event;
}

function withoutMetrics(bytes: Uint8Array): string {
  const edit = { path: [invocationMetricsKey], value: undefined };
  return utf8.decode(spliceJson(parseJsonDocument(bytes), [edit]));
}
