import {
  mapEffort,
  minThinkingBudget,
  thinkingBudget,
  type Effort,
  type ModelCapabilities,
} from '../../../capabilities/index.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import type { WarningCollector } from '../../../warnings.ts';
import type { EncodableJson, JsonObject } from '../../../wire/json-document.ts';

/** How the model is asked to reason. */
export interface ConvertedReasoning {
  readonly additionalFields: Readonly<Record<string, EncodableJson>>;
  /** Claude's thinking is on: sampling and forced tools are not to be had with it. */
  readonly isThinking: boolean;
  /** Tokens set aside for thinking, which count against the limit of the answer. */
  readonly budget?: number;
}

const none: ConvertedReasoning = { additionalFields: {}, isThinking: false };

interface ReasoningContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
}

/** The client's `thinking` goes to models that know it; `reasoning_effort` is put in the words of the family. */
export function convertReasoning(request: ChatRequest, context: ReasoningContext): ConvertedReasoning {
  if (request.thinking) return convertThinking(request.thinking, context);
  if (request.reasoningEffort === undefined || request.reasoningEffort === 'none') return none;
  const { capabilities, warnings } = context;
  const effort = mapEffort(capabilities.efforts, request.reasoningEffort);
  if (effort === undefined) {
    warnings.drop(request.names.reasoningEffort, 'the model has no such setting');
    return none;
  }
  return buildEffort(effort, capabilities);
}

function convertThinking(
  thinking: JsonObject,
  { capabilities, warnings }: ReasoningContext,
): ConvertedReasoning {
  if (!capabilities.acceptsThinking) {
    warnings.drop('thinking', 'model has no thinking');
    return none;
  }
  const isThinking = thinking['type'] !== 'disabled';
  const wanted = thinking['budget_tokens'];
  if (typeof wanted !== 'number') return { additionalFields: { thinking }, isThinking };
  const budget = Math.max(wanted, minThinkingBudget);
  if (budget !== wanted)
    warnings.change('thinking.budget_tokens', `raised to the least budget, ${minThinkingBudget}`);
  return { additionalFields: { thinking: { ...thinking, budget_tokens: budget } }, isThinking, budget };
}

function buildEffort(effort: Effort, { reasoning }: ModelCapabilities): ConvertedReasoning {
  switch (reasoning) {
    case 'thinking-adaptive': {
      const additionalFields = { thinking: { type: 'adaptive' }, output_config: { effort } };
      return { additionalFields, isThinking: true };
    }
    case 'thinking-budget': {
      const budget = thinkingBudget(effort);
      return {
        additionalFields: { thinking: { type: 'enabled', budget_tokens: budget } },
        isThinking: true,
        budget,
      };
    }
    case 'nova-reasoning-config':
      return {
        ...none,
        additionalFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } },
      };
    case 'reasoning-effort':
      return { ...none, additionalFields: { reasoning_effort: effort } };
    case 'reasoning-object':
      return { ...none, additionalFields: { reasoning: { effort } } };
    case 'reasoning-config':
      return { ...none, additionalFields: { reasoning_config: effort } };
    case 'none':
      return none;
  }
}
