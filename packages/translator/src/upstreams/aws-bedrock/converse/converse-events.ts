import { readBedrockFrame, type BedrockFrame } from '../../../bedrock/read-frame.ts';
import { parseUpstreamObject } from '../../../upstream-json.ts';
import { createEventStreamDecoder } from '../../../wire/event-stream-decoder.ts';
import type { JsonObject } from '../../../wire/json-document.ts';

/** Bound of one frame, and of what may wait to be written; Bedrock's frames are below 24 MiB. */
export const maxFrameBytes = 25 * 1024 * 1024;

/** One event of ConverseStream, or the exception that ended it. */
export type ConverseEvent =
  | { readonly kind: 'event'; readonly type: string; readonly value: JsonObject }
  | Extract<BedrockFrame, { kind: 'failure' }>;

/** Events out of the bytes of ConverseStream. */
export interface ConverseEventSource {
  /** Feeds the next bytes. Iterate at once; broken framing throws TranslationError in its place. */
  push(bytes: Uint8Array): Iterable<ConverseEvent>;
  /** @throws TranslationError `stream_truncated` when the stream ended inside a frame. */
  end(): void;
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
export function createConverseEventSource(): ConverseEventSource {
  const decoder = createEventStreamDecoder({ maxBytes: maxFrameBytes });
  function* push(bytes: Uint8Array): Iterable<ConverseEvent> {
    for (const message of decoder.push(bytes)) {
      const frame = readBedrockFrame(message);
      if (frame.kind === 'failure') yield frame;
      else yield { kind: 'event', type: frame.type, value: parseUpstreamObject(frame.payload).value };
    }
  }
  return { push, end: () => decoder.end() };
}
