import type { MessageUsage } from '../../schemas/anthropic/usage.ts';
import type { TokenUsage } from '../../usage.ts';

/** Anthropic's counts in the gateway's accounting: input includes what was read from and written to the cache. */
export function mapUsage(usage: MessageUsage): TokenUsage {
  const { cache_read_input_tokens: cached, output_tokens: outputTokens } = usage;
  const written = cacheCreationTokens(usage);
  const inputTokens = sum(usage.input_tokens, cached, written);
  const totalTokens = sum(inputTokens, outputTokens);
  const written1h = usage.ephemeral_1h_input_tokens;
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(written !== undefined && { cacheCreationInputTokens: written }),
    ...(written1h !== undefined && { cacheCreation1hInputTokens: written1h }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(usage.thinking_tokens !== undefined && { reasoningTokens: usage.thinking_tokens }),
    ...(totalTokens !== undefined && { totalTokens }),
  };
}

function cacheCreationTokens(usage: MessageUsage): number | undefined {
  return (
    usage.cache_creation_input_tokens ?? sum(usage.ephemeral_5m_input_tokens, usage.ephemeral_1h_input_tokens)
  );
}

/** The sum of the counts that are known; undefined when none is. */
function sum(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
}

/** Takes from `fallback` what `usage` lacks or gives as zero. */
export function fillUsage(usage: MessageUsage, fallback: MessageUsage): MessageUsage {
  const known = Object.entries(usage).filter(([, count]) => count !== 0);
  return { ...usage, ...fallback, ...Object.fromEntries(known) };
}
