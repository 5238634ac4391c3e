import { createCallIds } from '../call-ids.ts';
import type { ChatMessage } from './chat-request.ts';

/** The messages with an id of its own for each call, and with a result for each; what repeats a call of its turn keeps its id. */
export function settleCallIds(messages: readonly ChatMessage[]): ChatMessage[] {
  const ids = createCallIds();
  let isAssistants = false;
  return messages.flatMap((message): ChatMessage[] => {
    if (message.role === 'system') return [message];
    if (message.role === 'assistant' && !isAssistants) ids.beginTurn();
    isAssistants = message.role === 'assistant';
    switch (message.role) {
      case 'user':
        return [message];
      case 'assistant': {
        const toolCalls = message.toolCalls.map((call) => ({
          ...call,
          id: ids.called(call.id, call.answeredAs),
        }));
        return [{ ...message, toolCalls }];
      }
      case 'tool':
        return ids.answered(message.toolCallId).map((toolCallId) => ({ ...message, toolCallId }));
    }
  });
}
