import { TranslationError } from '../../../errors.ts';
import type { StreamOutput, StreamTranslation } from '../../../translated-stream.ts';
import { createConverseEventSource } from '../converse/converse-events.ts';
import type { AnswerContext } from './answer-context.ts';
import { createStreamState } from './stream-state.ts';

/** Frames of ConverseStream in, events of a message out. The last two wait for the end, because usage comes after the stop. */
export function createMessageTranslation(context: AnswerContext): StreamTranslation {
  const source = createConverseEventSource();
  const state = createStreamState(context);

  const push = (bytes: Uint8Array, output: StreamOutput): void => {
    for (const event of source.push(bytes)) {
      if (event.kind === 'failure') {
        output.fail(event.failure);
        return;
      }
      const { usage } = state;
      output.write(state.accept(event.type, event.value));
      if (event.type === 'messageStart') output.model(context.upstreamModel);
      if (state.usage && state.usage !== usage) output.usage(state.usage);
    }
  };

  const end = (output: StreamOutput): void => {
    source.end();
    if (!state.isFinished) {
      throw new TranslationError(
        'stream_truncated',
        `The provider's stream ended before the message was complete`,
      );
    }
    output.write(state.end());
  };
  return { push, end };
}
