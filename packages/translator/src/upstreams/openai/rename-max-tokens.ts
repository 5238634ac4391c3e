import { openAiCapabilitiesOf } from '../../capabilities/index.ts';
import type { ClientRequest, UpstreamTarget } from '../../translator.ts';
import type { WarningCollector } from '../../warnings.ts';
import type { JsonEdit } from '../../wire/json-splice.ts';

const names = ['max_completion_tokens', 'max_tokens'] as const;

/** The limit under the name that configuration says the model takes; without such a word the client's stands. */
export function renameMaxTokens(
  { endpoint, model, document }: ClientRequest,
  target: UpstreamTarget,
  warnings: WarningCollector,
): JsonEdit[] {
  if (endpoint !== 'chatCompletions') return [];
  const { maxTokensField: taken } = openAiCapabilitiesOf(target, target.modelNameOverride || model);
  const other = names.find((name) => name !== taken);
  const value = other && document.rawAt([other]);
  if (taken === undefined || other === undefined || value === undefined) return [];
  warnings.change(other, `the model takes ${taken}`);
  const removal = { path: [other], value: undefined };
  return document.rawAt([taken]) === undefined ? [removal, { path: [taken], value }] : [removal];
}
