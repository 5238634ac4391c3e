import type { AnswerEncoder } from '../../../endpoints/conversation-api.ts';
import { TranslationError } from '../../../errors.ts';
import type { StreamOutput, StreamTranslation } from '../../../translated-stream.ts';
import { createConverseEventSource } from '../converse/converse-events.ts';
import type { AnswerContext } from './answer-context.ts';
import { createStreamState } from './stream-state.ts';

/** Frames of ConverseStream in, the client's events out. */
export function createConverseStream(context: AnswerContext, encoder: AnswerEncoder): StreamTranslation {
  const source = createConverseEventSource();
  const state = createStreamState(context);

  const push = (bytes: Uint8Array, output: StreamOutput): void => {
    for (const frame of source.push(bytes)) {
      if (frame.kind === 'failure') {
        output.fail(frame.failure);
        return;
      }
      const { usage } = state;
      for (const event of state.accept(frame.type, frame.value)) output.write(encoder.encode(event));
      if (state.usage && state.usage !== usage) output.usage(state.usage);
    }
  };

  const end = (output: StreamOutput): void => {
    source.end();
    if (!state.isFinished) {
      throw new TranslationError(
        'stream_truncated',
        `The provider's stream ended before the answer was complete`,
      );
    }
    output.write(encoder.end(state));
  };
  return { push, end, encodeFailure: (failure) => encoder.fail(failure) };
}
