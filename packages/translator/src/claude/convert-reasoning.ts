import { minThinkingBudget, thinkingBudget, type ModelCapabilities } from '../capabilities/index.ts';
import type { Effort } from '@aigw/api-types';
import type { ChatRequest } from '../endpoints/chat-completions/chat-request.ts';
import type { WarningCollector } from '../warnings.ts';
import type { EncodableJson, JsonObject } from '../wire/json-document.ts';
import { isLoopWithoutThinking } from './tool-loop.ts';

/** How Claude is asked to think. */
export interface ClaudeReasoning {
  readonly thinking?: Readonly<Record<string, EncodableJson>>;
  /** For `output_config`. */
  readonly effort?: string;
  /** Sampling and forced tools are not to be had with thinking. */
  readonly isThinking: boolean;
  /** Tokens set aside for thinking, which count against the limit of the answer. */
  readonly budget?: number;
}

interface ReasoningContext {
  readonly capabilities: Pick<ModelCapabilities, 'acceptsThinking' | 'reasoning'>;
  readonly warnings: WarningCollector;
}

type Conversation = Pick<ChatRequest, 'messages' | 'names'>;

/** The client's own `thinking`, with a budget that Claude takes. */
export function convertThinking(
  thinking: JsonObject,
  { messages }: Conversation,
  { capabilities, warnings }: ReasoningContext,
): ClaudeReasoning {
  const isThinking = thinking['type'] !== 'disabled';
  if (!capabilities.acceptsThinking) {
    if (isThinking) warnings.drop('thinking', 'model has no thinking');
    return { isThinking: false };
  }
  if (thinking['type'] === 'enabled' && isLoopWithoutThinking(messages)) {
    warnings.drop('thinking', unthoughtLoop);
    return { isThinking: false };
  }
  const wanted = thinking['budget_tokens'];
  if (typeof wanted !== 'number') return { thinking, isThinking };
  const budget = Math.max(wanted, minThinkingBudget);
  if (budget !== wanted) {
    warnings.change('thinking.budget_tokens', `raised to the least budget, ${minThinkingBudget}`);
  }
  return { thinking: { ...thinking, budget_tokens: budget }, isThinking, budget };
}

/** An effort as Claude has it: adaptive thinking in newer versions, a budget in older ones. */
export function buildThinking(
  effort: Effort,
  { messages, names }: Conversation,
  { capabilities, warnings }: ReasoningContext,
): ClaudeReasoning {
  if (capabilities.reasoning === 'thinking-adaptive')
    return { thinking: { type: 'adaptive' }, effort, isThinking: true };
  if (isLoopWithoutThinking(messages)) {
    warnings.drop(names.reasoningEffort, unthoughtLoop);
    return { isThinking: false };
  }
  const budget = thinkingBudget(effort);
  return { thinking: { type: 'enabled', budget_tokens: budget }, isThinking: true, budget };
}

const unthoughtLoop = `the call of a tool that is being answered came without the model's signed thinking`;
