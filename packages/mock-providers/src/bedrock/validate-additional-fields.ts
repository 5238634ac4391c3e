import { elementsOf, objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ModelTraits } from '../model-ids.ts';
import { isBedrockBeta } from './bedrock-betas.ts';

/** What Claude takes in `additionalModelRequestFields`: the fields of its own body that Converse has no place for. */
const claudeFields: ReadonlySet<string> = new Set([
  'anthropic_beta',
  'context_management',
  'output_config',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
]);

/** Finds fields that Claude refuses when Converse hands them on; other families are not looked at. */
export function findAdditionalFieldProblem(body: JsonObject, { isClaude }: ModelTraits): string | undefined {
  const fields = objectOf(body['additionalModelRequestFields']);
  if (!isClaude) return undefined;
  const extra = Object.keys(fields).find((name) => !claudeFields.has(name));
  if (extra !== undefined)
    return `The model returned the following errors: ${extra}: Extra inputs are not permitted`;
  const choice = objectOf(fields['tool_choice']);
  if (choice['type'] !== undefined && objectOf(body['toolConfig'])['toolChoice'] !== undefined) {
    return 'The additional field tool_choice.type conflicts with toolConfig.toolChoice. Set one of them and try again.';
  }
  return elementsOf(fields['anthropic_beta']).every((beta) => isBedrockBeta(String(beta)))
    ? undefined
    : 'The model returned the following errors: invalid beta flag';
}
