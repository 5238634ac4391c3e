import type { Effort } from '@aigw/api-types';
import { mapEffort, thinkingBudget, type OpenAiCapabilities } from '../../../capabilities/index.ts';
import type { ClientMessagesRequest } from '../../../endpoints/messages/messages-request.ts';
import type { WarningCollector } from '../../../warnings.ts';

/** `reasoning_effort` for the effort, or the thinking budget, that the client asks for. */
export function convertReasoning(
  request: Pick<ClientMessagesRequest, 'thinking' | 'effort'>,
  { efforts }: Pick<OpenAiCapabilities, 'efforts'>,
  warnings: WarningCollector,
): string | undefined {
  const { thinking, effort } = request;
  const isThinking = thinking !== undefined && thinking.type !== 'disabled';
  if (efforts.length === 0) {
    const reason = 'the model is not known to reason';
    if (isThinking) warnings.drop('thinking', reason);
    if (effort !== undefined) warnings.drop('output_config.effort', reason);
    return undefined;
  }
  if (effort !== undefined) return convertEffort(effort, efforts, warnings);
  if (thinking?.type !== 'enabled') return undefined;
  warnings.change('thinking', 'sent as reasoning_effort');
  return effortOfBudget(thinking.budgetTokens, efforts);
}

function convertEffort(
  effort: string,
  efforts: readonly Effort[],
  warnings: WarningCollector,
): string | undefined {
  const taken = mapEffort(efforts, effort) ?? efforts.at(-1);
  if (taken !== effort)
    warnings.change('output_config.effort', `sent as ${taken}, the nearest that the model takes`);
  return taken;
}

/** The inverse of the budgets that stand for efforts on models that take budgets. */
function effortOfBudget(budgetTokens: number, efforts: readonly Effort[]): Effort | undefined {
  const wanted = efforts.findLast((effort) => thinkingBudget(effort) <= budgetTokens);
  return wanted ?? efforts[0];
}
