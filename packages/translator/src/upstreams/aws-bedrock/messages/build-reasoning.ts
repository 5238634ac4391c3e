import { thinkingBudget, type Effort, type ModelCapabilities } from '../../../capabilities/index.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ClientMessagesRequest } from '../../../endpoints/messages/messages-request.ts';
import type { WarningCollector } from '../../../warnings.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import { convertReasoning as convertEffort, type ConvertedReasoning } from '../converse/build-reasoning.ts';

type Wish = Pick<ClientMessagesRequest, 'thinking' | 'effort'>;

interface ReasoningContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  /** The client's `thinking`, with everything in it. */
  readonly thinking: JsonObject | undefined;
  /** What else is asked, for the words of other families. */
  readonly chat: ChatRequest;
}

/** Claude takes `thinking` and the effort as they are, and judges them itself; other families have an effort of their own. */
export function convertReasoning(wish: Wish, context: ReasoningContext): ConvertedReasoning {
  return context.capabilities.family === 'claude'
    ? convertForClaude(wish, context)
    : convertForOthers(wish, context);
}

function convertForClaude(
  { thinking, effort }: Wish,
  { capabilities, warnings, thinking: own }: ReasoningContext,
): ConvertedReasoning {
  const takesThinking = thinking !== undefined && capabilities.acceptsThinking;
  if (thinking && !takesThinking && thinking.type !== 'disabled')
    warnings.drop('thinking', 'model has no thinking');
  const takesEffort = effort !== undefined && capabilities.acceptsEffort;
  if (effort !== undefined && !takesEffort) warnings.drop('output_config.effort', 'model has no effort');
  return {
    additionalFields: {
      ...(takesThinking && own && { thinking: own }),
      ...(takesEffort && { output_config: { effort } }),
    },
    isThinking: takesThinking && thinking.type !== 'disabled',
  };
}

function convertForOthers(
  { thinking, effort }: Wish,
  { capabilities, warnings, chat }: ReasoningContext,
): ConvertedReasoning {
  const isThinking = thinking !== undefined && thinking.type !== 'disabled';
  const takesEffort = capabilities.efforts.length > 0;
  if (isThinking && !takesEffort) warnings.drop('thinking', 'model has no thinking');
  if (effort !== undefined || !isThinking || !takesEffort)
    return convertEffort(
      { ...chat, ...(effort !== undefined && { reasoningEffort: effort }) },
      { capabilities, warnings },
    );
  const wanted = thinking.type === 'enabled' ? effortOfBudget(thinking.budgetTokens) : defaultEffort;
  warnings.change('thinking', 'asked for as an effort, which is how the model takes it');
  return convertEffort({ ...chat, reasoningEffort: wanted }, { capabilities, warnings });
}

/** @see https://docs.anthropic.com/en/docs/build-with-claude/effort */
const defaultEffort: Effort = 'high';

/** The most that the budget pays for, by the budgets that stand for efforts elsewhere. */
function effortOfBudget(budgetTokens: number): Effort {
  const ascending = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
  return ascending.findLast((effort) => thinkingBudget(effort) <= budgetTokens) ?? 'low';
}
