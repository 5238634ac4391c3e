import type { AnswerEncoder, AnswerIdentity, ConversationApi } from '../../../endpoints/conversation-api.ts';
import { mapUsage } from '../map-usage.ts';
import type { MessageEventWriter } from '../translate-events.ts';
import type { AnswerContext } from './answer-context.ts';
import { createStreamState } from './stream-state.ts';

/** Events of a message in, events of the client's API out. */
export function createEventWriter(
  context: AnswerContext,
  api: ConversationApi,
  identity: AnswerIdentity,
): MessageEventWriter {
  const state = createStreamState(context);
  let encoder: AnswerEncoder | undefined;
  return {
    write(event, { model = identity.model }) {
      const started = (encoder ??= api.createEncoder({ ...identity, model }));
      return state
        .accept(event)
        .map((part) => started.encode(part))
        .join('');
    },
    finish: ({ usage, model = identity.model }) =>
      (encoder ?? api.createEncoder({ ...identity, model })).end({ usage: mapUsage(usage) }),
    fail: (failure) => (encoder ?? api.createEncoder(identity)).fail(failure),
  };
}
