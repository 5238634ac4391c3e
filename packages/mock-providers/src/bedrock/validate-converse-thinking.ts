import { isRedactedThinking, isSignedThinking } from '../brain/sign-thinking.ts';
import { elementsOf, isJsonObject, numberOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ModelTraits } from '../model-ids.ts';

const minBudgetTokens = 1024;

/** Finds what is wrong with thinking: asked of a model without it, out of its limits, or history that was tampered with. */
export function findThinkingProblem(
  body: JsonObject,
  messages: readonly JsonObject[],
  traits: ModelTraits,
): string | undefined {
  const thinking = objectOf(objectOf(body['additionalModelRequestFields'])['thinking']);
  const isOn = thinking['type'] === 'enabled' || thinking['type'] === 'adaptive';
  const problem =
    findReasoningProblem(messages, traits) ?? (isOn ? findSettingProblem(body, thinking, traits) : undefined);
  return problem === undefined ? undefined : `The model returned the following errors: ${problem}`;
}

function findSettingProblem(
  body: JsonObject,
  thinking: JsonObject,
  { canThink }: ModelTraits,
): string | undefined {
  if (!canThink) return 'thinking: Extra inputs are not permitted';
  const inference = objectOf(body['inferenceConfig']);
  const choice = objectOf(objectOf(body['toolConfig'])['toolChoice']);
  if ((numberOf(inference['temperature']) ?? 1) !== 1) {
    return '`temperature` may only be set to 1 when thinking is enabled.';
  }
  if (choice['any'] !== undefined || choice['tool'] !== undefined) {
    return 'Thinking may not be enabled when tool_choice forces tool use.';
  }
  return findBudgetProblem(thinking, numberOf(inference['maxTokens']));
}

function findBudgetProblem(thinking: JsonObject, maxTokens = Infinity): string | undefined {
  const budget = numberOf(thinking['budget_tokens']);
  if (budget === undefined) {
    return thinking['type'] === 'enabled' ? 'thinking.enabled.budget_tokens: Field required' : undefined;
  }
  if (budget < minBudgetTokens) {
    return `thinking.enabled.budget_tokens: Input should be greater than or equal to ${minBudgetTokens}`;
  }
  return budget >= maxTokens ? '`max_tokens` must be greater than `thinking.budget_tokens`.' : undefined;
}

function findReasoningProblem(
  messages: readonly JsonObject[],
  { isClaude }: ModelTraits,
): string | undefined {
  for (const [at, message] of messages.entries()) {
    for (const [index, block] of elementsOf(message['content']).entries()) {
      const reasoning = objectOf(block)['reasoningContent'];
      if (!isJsonObject(reasoning)) continue;
      const path = `messages.${at}.content.${index}`;
      const problem = isClaude
        ? findSignatureProblem(reasoning, path)
        : findForeignSignature(reasoning, path);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function findSignatureProblem(reasoning: JsonObject, path: string): string | undefined {
  const redacted = stringOf(reasoning['redactedContent']);
  if (redacted !== undefined) {
    return isRedactedThinking(redacted) ? undefined : `${path}: Invalid data in redacted_thinking block`;
  }
  const { text, signature } = objectOf(reasoning['reasoningText']);
  if (stringOf(signature) === undefined) return `${path}.thinking.signature: Field required`;
  return isSignedThinking(stringOf(text) ?? '', stringOf(signature) ?? '')
    ? undefined
    : `${path}: Invalid signature in thinking block`;
}

function findForeignSignature(reasoning: JsonObject, path: string): string | undefined {
  const { signature } = objectOf(reasoning['reasoningText']);
  return signature === undefined
    ? undefined
    : `${path}: This model does not take a signature in reasoningContent`;
}
