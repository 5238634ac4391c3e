import { numberOf, objectOf } from '../../schemas/json-fields.ts';
import type { TokenUsage } from '../../usage.ts';
import type { JsonValue } from '../../wire/json-document.ts';

/** Usage of chat completions, completions and embeddings (`prompt_tokens`) and of responses (`input_tokens`). */
export function mapUsage(value: JsonValue | undefined): TokenUsage | undefined {
  const usage = objectOf(value);
  if (!usage) return undefined;
  const input = objectOf(usage['prompt_tokens_details'] ?? usage['input_tokens_details']) ?? {};
  const output = objectOf(usage['completion_tokens_details'] ?? usage['output_tokens_details']) ?? {};
  return withoutUndefined({
    inputTokens: numberOf(usage['prompt_tokens'] ?? usage['input_tokens']),
    outputTokens: numberOf(usage['completion_tokens'] ?? usage['output_tokens']),
    totalTokens: numberOf(usage['total_tokens']),
    cachedInputTokens: numberOf(input['cached_tokens']),
    cacheCreationInputTokens: numberOf(input['cache_write_tokens'] ?? input['cache_creation_input_tokens']),
    reasoningTokens: numberOf(output['reasoning_tokens']),
  });
}

function withoutUndefined(usage: { [K in keyof TokenUsage]: TokenUsage[K] | undefined }): TokenUsage {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== undefined));
}
