import { listOf, numberOf, objectOf } from '../../../schemas/json-fields.ts';
import type { TokenUsage } from '../../../usage.ts';
import type { JsonValue } from '../../../wire/json-document.ts';

/**
 * Usage of Converse, whose input tokens leave out what came from the cache and what went into it; of thinking it says nothing.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function mapUsage(value: JsonValue | undefined, thinkingTokens?: number): TokenUsage | undefined {
  const usage = objectOf(value);
  if (!usage) return undefined;
  const fresh = numberOf(usage['inputTokens']) ?? 0;
  const read = numberOf(usage['cacheReadInputTokens']);
  const written = numberOf(usage['cacheWriteInputTokens']);
  const written1h = sumOf1h(usage['cacheDetails']);
  const inputTokens = fresh + (read ?? 0) + (written ?? 0);
  const outputTokens = numberOf(usage['outputTokens']) ?? 0;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...(thinkingTokens !== undefined && { reasoningTokens: thinkingTokens }),
    ...(read !== undefined && { cachedInputTokens: read }),
    ...(written !== undefined && { cacheCreationInputTokens: written }),
    ...(written1h !== undefined && { cacheCreation1hInputTokens: written1h }),
  };
}

function sumOf1h(details: JsonValue | undefined): number | undefined {
  const counts = listOf(details).flatMap((detail) => {
    const entry = objectOf(detail);
    return entry?.['ttl'] === '1h' ? [numberOf(entry['inputTokens']) ?? 0] : [];
  });
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}
