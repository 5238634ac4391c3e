import { takesReasoningEffort } from '../../../capabilities/index.ts';
import type { ClientMessagesRequest } from '../../../endpoints/messages/messages-request.ts';
import type { UpstreamTarget } from '../../../translator.ts';
import type { WarningCollector } from '../../../warnings.ts';

interface ReasoningInput {
  readonly target: UpstreamTarget;
  readonly model: string;
  readonly warnings: WarningCollector;
}

/** `reasoning_effort` for the effort, or the thinking budget, that the client asks for. */
export function convertReasoning(
  request: Pick<ClientMessagesRequest, 'thinking' | 'effort'>,
  { target, model, warnings }: ReasoningInput,
): string | undefined {
  const { thinking, effort } = request;
  const isThinking = thinking !== undefined && thinking.type !== 'disabled';
  if (!takesReasoningEffort(target.modelFamily, model)) {
    const reason = 'the model is not known to reason';
    if (isThinking) warnings.drop('thinking', reason);
    if (effort !== undefined) warnings.drop('output_config.effort', reason);
    return undefined;
  }
  if (effort !== undefined) return mapEffort(effort, warnings);
  if (thinking?.type !== 'enabled') return undefined;
  warnings.change('thinking', 'sent as reasoning_effort');
  return effortOfBudget(thinking.budgetTokens);
}

/** All reasoning models take these. */
function mapEffort(effort: string, warnings: WarningCollector): string {
  if (effort === 'low' || effort === 'medium' || effort === 'high') return effort;
  warnings.change('output_config.effort', 'sent as high, the most that every model of the backend takes');
  return 'high';
}

/** The inverse of the budgets that stand for efforts on models that take budgets. */
function effortOfBudget(budgetTokens: number): string {
  if (budgetTokens >= 4096) return 'high';
  return budgetTokens >= 2048 ? 'medium' : 'low';
}
