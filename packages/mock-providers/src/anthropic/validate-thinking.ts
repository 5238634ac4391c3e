import { isRedactedThinking, isSignedThinking } from '../brain/sign-thinking.ts';
import { elementsOf, numberOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ModelTraits } from '../model-ids.ts';

const minBudgetTokens = 1024;
const minTopP = 0.95;
const documentation =
  'Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking';

/** Finds thinking settings that contradict others, thinking on a model without it, and blocks that were tampered with. */
export function findThinkingProblem(
  body: JsonObject,
  messages: readonly JsonObject[],
  traits: ModelTraits,
): string | undefined {
  return (
    findTypeProblem(body['thinking'], traits) ??
    findSettingProblem(body) ??
    findSignatureProblem(messages) ??
    findMissingThinking(body, messages)
  );
}

function isOn(body: JsonObject): boolean {
  return ['enabled', 'adaptive'].includes(stringOf(objectOf(body['thinking'])['type']) ?? '');
}

function findTypeProblem(thinking: unknown, { canThink }: ModelTraits): string | undefined {
  if (thinking === undefined) return undefined;
  const type = stringOf(objectOf(thinking)['type']);
  if (type === undefined) return 'thinking.type: Field required';
  if (!['enabled', 'disabled', 'adaptive'].includes(type)) {
    return `thinking: Input tag '${type}' found using 'type' does not match any of the expected tags: 'disabled', 'enabled', 'adaptive'`;
  }
  return canThink
    ? undefined
    : 'thinking: This model does not support extended thinking. Extra inputs are not permitted';
}

function findSettingProblem(body: JsonObject): string | undefined {
  return isOn(body) ? (findBudgetProblem(body) ?? findSamplingProblem(body)) : undefined;
}

function findBudgetProblem(body: JsonObject): string | undefined {
  const thinking = objectOf(body['thinking']);
  const budget = numberOf(thinking['budget_tokens']);
  if (budget === undefined) {
    return thinking['type'] === 'enabled' ? 'thinking.enabled.budget_tokens: Field required' : undefined;
  }
  if (budget < minBudgetTokens) {
    return `thinking.enabled.budget_tokens: Input should be greater than or equal to ${minBudgetTokens}`;
  }
  return budget >= (numberOf(body['max_tokens']) ?? 0)
    ? `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. ${documentation}#max-tokens-and-context-window-size`
    : undefined;
}

function findSamplingProblem(body: JsonObject): string | undefined {
  if ((numberOf(body['temperature']) ?? 1) !== 1) {
    return `\`temperature\` may only be set to 1 when thinking is enabled. ${documentation}#important-considerations-when-using-extended-thinking`;
  }
  if (body['top_k'] !== undefined) return '`top_k` must be unset when thinking is enabled.';
  if ((numberOf(body['top_p']) ?? 1) < minTopP) {
    return `\`top_p\` must be greater than or equal to ${minTopP} or unset when thinking is enabled.`;
  }
  const choice = objectOf(body['tool_choice'])['type'];
  return choice === 'any' || choice === 'tool'
    ? 'Thinking may not be enabled when tool_choice forces tool use.'
    : undefined;
}

function findSignatureProblem(messages: readonly JsonObject[]): string | undefined {
  for (const [at, { content }] of messages.entries()) {
    for (const [index, element] of elementsOf(content).entries()) {
      const block = objectOf(element);
      const path = `messages.${at}.content.${index}`;
      if (
        block['type'] === 'thinking' &&
        !isSignedThinking(String(block['thinking']), String(block['signature']))
      ) {
        return `${path}: Invalid signature in thinking block`;
      }
      if (block['type'] === 'redacted_thinking' && !isRedactedThinking(String(block['data']))) {
        return `${path}: Invalid data in redacted_thinking block`;
      }
    }
  }
  return undefined;
}

/** A tool loop that began with thinking must keep its thinking block at the head of the assistant's last message. */
function findMissingThinking(body: JsonObject, messages: readonly JsonObject[]): string | undefined {
  if (objectOf(body['thinking'])['type'] !== 'enabled') return undefined;
  const at = messages.findLastIndex(({ role }) => role === 'assistant');
  const blocks = elementsOf(messages[at]?.['content']).map(objectOf);
  const isInLoop = elementsOf(messages.at(-1)?.['content']).some(
    (block) => objectOf(block)['type'] === 'tool_result',
  );
  const first = stringOf(blocks[0]?.['type']);
  if (!isInLoop || first === undefined || first === 'thinking' || first === 'redacted_thinking')
    return undefined;
  return `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceding the lastmost set of \`tool_use\` and \`tool_result\` blocks). To avoid this requirement, disable \`thinking\`.`;
}
