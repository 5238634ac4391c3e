import type { Answer, AnswerBlock, AnswerStop, TokenUsage } from '../brain/conversation.ts';
import type { JsonObject } from '../json.ts';

/** Names that the caller cannot know. */
export interface MessageIdentity {
  readonly id: string;
  /** As the provider spells it, e.g. `claude-3-5-sonnet-20241022`. */
  readonly model: string;
}

/** The body of a Messages response (https://docs.claude.com/en/api/messages). */
export function buildMessage(answer: Answer, identity: MessageIdentity): JsonObject {
  return {
    id: identity.id,
    type: 'message',
    role: 'assistant',
    model: identity.model,
    content: answer.blocks.map(buildBlock),
    stop_reason: mapStopReason(answer.stop),
    stop_sequence: answer.stop.reason === 'stop-sequence' ? answer.stop.sequence : null,
    usage: buildUsage(answer.usage),
  };
}

/** `usage` with everything counted so far. */
export function buildUsage(usage: TokenUsage, outputTokens = usage.outputTokens): JsonObject {
  const written = usage.cacheWriteTokens;
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: written['5m'] + written['1h'],
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: { ephemeral_5m_input_tokens: written['5m'], ephemeral_1h_input_tokens: written['1h'] },
    output_tokens: outputTokens,
  };
}

/** Anthropic's word for why the answer ended. */
export function mapStopReason(stop: AnswerStop): string {
  switch (stop.reason) {
    case 'end':
      return 'end_turn';
    case 'max-tokens':
      return 'max_tokens';
    case 'tool-use':
      return 'tool_use';
    case 'stop-sequence':
      return 'stop_sequence';
  }
}

function buildBlock(block: AnswerBlock): JsonObject {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'thinking':
      return { type: 'thinking', thinking: block.text, signature: block.signature };
    case 'redacted-thinking':
      return { type: 'redacted_thinking', data: block.data };
    case 'tool-use':
      return { type: 'tool_use', id: block.id, name: block.name, input: block.input };
  }
}
