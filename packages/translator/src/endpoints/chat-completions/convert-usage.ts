import type { ChatUsage } from '../../schemas/openai/chat-completion.ts';
import type { TokenUsage } from '../../usage.ts';

/**
 * Usage in OpenAI's words. Tokens written to the cache appear under OpenAI's name and under the one that
 * other gateways have made common.
 */
export function convertUsage(usage: TokenUsage): ChatUsage {
  const {
    inputTokens = 0,
    outputTokens = 0,
    cachedInputTokens,
    cacheCreationInputTokens,
    reasoningTokens,
  } = usage;
  const details = {
    ...(cachedInputTokens !== undefined && { cached_tokens: cachedInputTokens }),
    ...(cacheCreationInputTokens !== undefined && {
      cache_write_tokens: cacheCreationInputTokens,
      cache_creation_input_tokens: cacheCreationInputTokens,
    }),
  };
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: usage.totalTokens ?? inputTokens + outputTokens,
    ...(Object.keys(details).length > 0 && { prompt_tokens_details: details }),
    ...(reasoningTokens !== undefined && {
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    }),
  };
}
