import type { MessageUsage } from '../../schemas/anthropic/usage.ts';
import type { TokenUsage } from '../../usage.ts';

/** Usage as a message tells it. */
export type ClientMessageUsage = Required<Pick<MessageUsage, 'input_tokens' | 'output_tokens'>> &
  Pick<MessageUsage, 'cache_read_input_tokens' | 'cache_creation_input_tokens'> & {
    readonly cache_creation?: {
      readonly ephemeral_5m_input_tokens: number;
      readonly ephemeral_1h_input_tokens: number;
    };
    readonly output_tokens_details?: { readonly thinking_tokens: number };
  };

/** Usage in Anthropic's words: its input excludes what was read from and written to the cache. */
export function convertUsage(usage: TokenUsage): ClientMessageUsage {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens, cacheCreationInputTokens } = usage;
  const { cacheCreation1hInputTokens: written1h, reasoningTokens } = usage;
  const written = cacheCreationInputTokens ?? 0;
  return {
    input_tokens: Math.max(0, inputTokens - (cachedInputTokens ?? 0) - written),
    output_tokens: outputTokens,
    ...(cachedInputTokens !== undefined && { cache_read_input_tokens: cachedInputTokens }),
    ...(cacheCreationInputTokens !== undefined && { cache_creation_input_tokens: written }),
    ...(written1h !== undefined && {
      cache_creation: {
        ephemeral_5m_input_tokens: Math.max(0, written - written1h),
        ephemeral_1h_input_tokens: written1h,
      },
    }),
    ...(reasoningTokens !== undefined && { output_tokens_details: { thinking_tokens: reasoningTokens } }),
  };
}
