import type { MessageEvent, MessageEventSource } from '../../schemas/anthropic/message-event.ts';
import type { StreamOutput, StreamTranslation } from '../../translated-stream.ts';
import { TranslationError } from '../../errors.ts';
import type { ResponseFailure } from '../../translator.ts';
import { createStreamObserver, type StreamObserver } from './observe-stream.ts';

/** What becomes of the events of a message: text for the client, in its API. */
export interface MessageEventWriter {
  /** Text for one event, possibly empty. `observer` has seen the event already. */
  write(event: MessageEvent, observer: StreamObserver): string;
  /** Text after the last event of a complete message. */
  finish(observer: StreamObserver): string;
  /** The end of a message that is not complete; absent: as the client's dialect has it. */
  readonly fail?: (failure: ResponseFailure) => string;
}

/** Takes the events of a message from `source`, meters them and hands them to `writer`. */
export function createEventTranslation(
  source: MessageEventSource,
  writer: MessageEventWriter,
): StreamTranslation {
  const observer = createStreamObserver();
  const translate = (events: Iterable<MessageEvent>, output: StreamOutput): void => {
    for (const event of events) {
      if (event.failure) {
        output.fail(event.failure);
        return;
      }
      observer.observe(event);
      const { usage, responseModel } = observer.takeChanges();
      if (usage) output.usage(usage);
      if (responseModel !== undefined) output.model(responseModel);
      output.write(writer.write(event, observer));
    }
  };
  const { fail } = writer;
  return {
    ...(fail && { encodeFailure: fail }),
    push: (bytes, output) => translate(source.push(bytes), output),
    end: (output) => {
      translate(source.end(), output);
      if (!observer.isFinished) throw truncatedStream();
      output.write(writer.finish(observer));
    },
  };
}

/** A stream that ended before its message was complete. */
export function truncatedStream(): TranslationError {
  return new TranslationError(
    'stream_truncated',
    `The provider's stream ended before the message was complete`,
  );
}
