import type { ChatMessage, ChatPart } from '../endpoints/chat-completions/chat-request.ts';

/**
 * True when results of tools are being sent back for calls that came without signed thinking. Claude refuses to think with a
 * budget then: the turn that it is to continue must have begun with thinking. Adaptive thinking has no such rule.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
 */
export function isLoopWithoutThinking(messages: readonly ChatMessage[]): boolean {
  const end = messages.findLastIndex(({ role }) => role === 'assistant') + 1;
  const start = messages.slice(0, end).findLastIndex(({ role }) => role !== 'assistant') + 1;
  const isAnswered = messages.slice(end).some(({ role }) => role === 'tool');
  return isAnswered && !messages.slice(start, end).some(hasSignedThinking);
}

function hasSignedThinking(message: ChatMessage): boolean {
  return message.role === 'assistant' && message.parts.some(isSigned);
}

function isSigned(part: ChatPart): boolean {
  return part.kind === 'redacted_thinking' || (part.kind === 'thinking' && part.signature !== undefined);
}
