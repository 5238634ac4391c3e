import type { ModelFamily } from '@aigw/api-types';

/**
 * Names of models that take `reasoning_effort`, behind an optional `vendor/`. Others refuse a request that has it.
 *
 * Sources: platform.openai.com/docs/guides/reasoning and /docs/models; the gpt-oss model card.
 */
const reasoningModels: readonly RegExp[] = [/^o[1-9](?![a-z0-9])/, /^gpt-(?:[5-9]|oss)/, /^codex-/];

/** Models of these that do not reason after all. */
const plainModels: readonly RegExp[] = [/^gpt-[5-9][\w.]*-chat/, /^o1-(?:mini|preview)/];

/** True when an OpenAI-like server takes `reasoning_effort` for the model, by the backend's hint or by its name. */
export function takesReasoningEffort(modelFamily: ModelFamily | undefined, model: string): boolean {
  if (modelFamily !== undefined) return modelFamily === 'gpt-oss';
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return matches(reasoningModels, name) && !matches(plainModels, name);
}

function matches(patterns: readonly RegExp[], name: string): boolean {
  return patterns.some((pattern) => pattern.test(name));
}
