import { TranslationError } from '../../../errors.ts';
import type { StreamTranslation } from '../../../translated-stream.ts';
import type { TokenUsage } from '../../../usage.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import { createConverseEventSource } from './converse-events.ts';

/** What becomes of the events of ConverseStream: text for the client, in its API. */
export interface ConverseEventWriter {
  /** Known once the metadata event has come. */
  readonly usage: TokenUsage | undefined;
  /** The name of the model, once the client has been told it. */
  readonly model?: string | undefined;
  /** True after `messageStop`: the answer is complete. */
  readonly isFinished: boolean;
  /** Text for one event, possibly empty. */
  write(type: string, event: JsonObject): string;
  /** Text after the last event of a complete answer: usage comes after the stop. */
  finish(): string;
}

/** Takes the events out of frames and hands them to `writer`. */
export function createConverseTranslation(
  writer: ConverseEventWriter,
): Omit<StreamTranslation, 'encodeFailure'> {
  const source = createConverseEventSource();
  return {
    push(bytes, output) {
      for (const event of source.push(bytes)) {
        if (event.kind === 'failure') {
          output.fail(event.failure);
          return;
        }
        const { usage, model } = writer;
        output.write(writer.write(event.type, event.value));
        if (writer.usage && writer.usage !== usage) output.usage(writer.usage);
        if (writer.model !== undefined && writer.model !== model) output.model(writer.model);
      }
    },
    end(output) {
      source.end();
      if (!writer.isFinished) {
        throw new TranslationError(
          'stream_truncated',
          `The provider's stream ended before the answer was complete`,
        );
      }
      output.write(writer.finish());
    },
  };
}
