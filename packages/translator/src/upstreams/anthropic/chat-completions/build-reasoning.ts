import {
  mapEffort,
  minThinkingBudget,
  thinkingBudget,
  type ModelCapabilities,
} from '../../../capabilities/index.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import type { WarningCollector } from '../../../warnings.ts';
import type { EncodableJson, JsonObject } from '../../../wire/json-document.ts';

/** How Claude is asked to think. */
export interface ConvertedReasoning {
  readonly thinking?: EncodableJson;
  /** For `output_config`. */
  readonly effort?: string;
  /** Sampling and forced tools are not to be had with thinking. */
  readonly isThinking: boolean;
  /** Tokens set aside for thinking, which count against the limit of the answer. */
  readonly budget?: number;
}

interface ReasoningContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
}

/** The client's own `thinking` wins over `reasoning_effort`. */
export function convertReasoning(request: ChatRequest, context: ReasoningContext): ConvertedReasoning {
  const { thinking, reasoningEffort, names } = request;
  if (thinking) return convertThinking(thinking, context);
  if (reasoningEffort === undefined || reasoningEffort === 'none') return { isThinking: false };
  const { capabilities, warnings } = context;
  const effort = mapEffort(capabilities.efforts, reasoningEffort);
  if (effort === undefined) {
    warnings.drop(names.reasoningEffort, 'the model has no such setting');
    return { isThinking: false };
  }
  if (capabilities.reasoning === 'thinking-adaptive') {
    return { thinking: { type: 'adaptive' }, effort, isThinking: true };
  }
  const budget = thinkingBudget(effort);
  return { thinking: { type: 'enabled', budget_tokens: budget }, isThinking: true, budget };
}

function convertThinking(
  thinking: JsonObject,
  { capabilities, warnings }: ReasoningContext,
): ConvertedReasoning {
  const isThinking = thinking['type'] !== 'disabled';
  if (!capabilities.acceptsThinking) {
    if (isThinking) warnings.drop('thinking', 'model has no thinking');
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
