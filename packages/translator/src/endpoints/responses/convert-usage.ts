import type { ResponseUsage } from '../../schemas/openai/response.ts';
import type { TokenUsage } from '../../usage.ts';

/** Usage in the words of the Responses API, which wants every count. */
export function convertUsage(usage: TokenUsage): ResponseUsage {
  const { inputTokens = 0, outputTokens = 0 } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens ?? 0,
      cache_write_tokens: usage.cacheCreationInputTokens ?? 0,
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: usage.totalTokens ?? inputTokens + outputTokens,
  };
}
