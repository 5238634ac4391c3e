import { createCallIds, type CallIds } from '../../../endpoints/call-ids.ts';
import type { ClientMessage, MessageBlock } from '../../../endpoints/messages/messages-request.ts';

/** The messages with an id of its own for each call; what repeats a call of its turn keeps its id. */
export function settleCallIds(messages: readonly ClientMessage[]): ClientMessage[] {
  const ids = createCallIds();
  let isAssistants = false;
  return messages.map((message) => {
    if (message.role === 'system') return message;
    if (message.role === 'assistant' && !isAssistants) ids.beginTurn();
    isAssistants = message.role === 'assistant';
    return { ...message, blocks: message.blocks.map((block) => settleBlock(block, ids)) };
  });
}

function settleBlock(block: MessageBlock, ids: CallIds): MessageBlock {
  if (block.kind === 'tool_use') return { ...block, id: ids.called(block.id) };
  if (block.kind !== 'tool_result') return block;
  const [toolUseId = block.toolUseId] = ids.answered(block.toolUseId);
  return { ...block, toolUseId };
}
