import { lastUserParts, promptOf } from './compose-answer.ts';
import type { AnswerBlock, Conversation } from './conversation.ts';
import { redactThinking, signThinking } from './sign-thinking.ts';

/** Anthropic's documented test string: a prompt that holds it gets a redacted thinking block. */
const redactionTrigger = 'ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING';

/** The thinking that precedes an answer; none when thinking is off or the turn only brings tool results. */
export function think(conversation: Conversation): AnswerBlock[] {
  if (!conversation.thinking) return [];
  const parts = lastUserParts(conversation);
  const prompt = promptOf(parts);
  if (parts.some(({ kind }) => kind === 'tool-result')) return [];
  if (prompt.includes(redactionTrigger)) {
    return [{ kind: 'redacted-thinking', data: redactThinking('what the user asked') }];
  }
  const topic = prompt.replace(/\s+/g, ' ').slice(0, 80);
  const text = `The user's message begins with "${topic}". I look at what is given, what is asked, and which steps lead from one to the other. Then I answer briefly.`;
  return [{ kind: 'thinking', text, signature: signThinking(text) }];
}
