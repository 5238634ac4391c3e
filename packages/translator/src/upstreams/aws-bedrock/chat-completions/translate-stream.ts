import type { AnswerEncoder } from '../../../endpoints/conversation-api.ts';
import type { StreamTranslation } from '../../../translated-stream.ts';
import { createConverseTranslation } from '../converse/translate-events.ts';
import type { AnswerContext } from './answer-context.ts';
import { createStreamState } from './stream-state.ts';

/** Frames of ConverseStream in, the client's events out. */
export function createConverseStream(context: AnswerContext, encoder: AnswerEncoder): StreamTranslation {
  const state = createStreamState(context);
  const translation = createConverseTranslation({
    get usage() {
      return state.usage;
    },
    get isFinished() {
      return state.isFinished;
    },
    write: (type, event) =>
      state
        .accept(type, event)
        .map((part) => encoder.encode(part))
        .join(''),
    finish: () => encoder.end(state),
  });
  return { ...translation, encodeFailure: (failure) => encoder.fail(failure) };
}
