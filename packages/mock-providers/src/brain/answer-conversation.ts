import { callTools } from './call-tools.ts';
import { composeAnswer } from './compose-answer.ts';
import type { Answer, AnswerBlock, Conversation } from './conversation.ts';
import { countBlockTokens, limitAnswer } from './limit-answer.ts';
import type { PrefixCache } from './prefix-cache.ts';
import { think } from './think.ts';

/** What an answer needs beside the prompt. */
export interface AnswerContext {
  readonly model: string;
  readonly nowMs: number;
  readonly cache: PrefixCache;
  readonly createToolUseId: () => string;
}

/** Answers a conversation: thinking first, then tool calls or text, cut to its limits, with the tokens it costs. */
export function answerConversation(conversation: Conversation, context: AnswerContext): Answer {
  const { blocks, stop } = limitAnswer(
    [...think(conversation), ...answerBlocks(conversation, context.createToolUseId)],
    conversation,
  );
  const countTokens = (counted: readonly AnswerBlock[]): number =>
    counted.reduce((sum, block) => sum + countBlockTokens(block), 0);
  return {
    blocks,
    stop,
    usage: {
      ...context.cache.bill(context.model, conversation.segments, context.nowMs),
      outputTokens: countTokens(blocks),
      thinkingTokens: countTokens(blocks.filter(({ kind }) => kind.endsWith('thinking'))),
    },
  };
}

function answerBlocks(conversation: Conversation, createId: () => string): AnswerBlock[] {
  const calls = callTools(conversation, createId);
  return calls.length > 0 ? calls : [{ kind: 'text', text: composeAnswer(conversation) }];
}
