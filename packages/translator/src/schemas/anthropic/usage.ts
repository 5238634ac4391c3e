import type { JsonValue } from '../../wire/json-document.ts';
import { numberOf, objectOf } from '../json-fields.ts';

/**
 * Token counts of a message as Anthropic gives them; input excludes what touched the cache.
 * @see https://docs.anthropic.com/en/api/messages#response-usage
 */
export interface MessageUsage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  /** From `cache_creation.ephemeral_1h_input_tokens`. */
  readonly ephemeral_1h_input_tokens?: number;
  /** From `cache_creation.ephemeral_5m_input_tokens`. */
  readonly ephemeral_5m_input_tokens?: number;
  /** From `output_tokens_details.thinking_tokens`. */
  readonly thinking_tokens?: number;
}

/** Reads a `usage` object; counts that are absent or null stay absent. */
export function parseMessageUsage(value: JsonValue | undefined): MessageUsage {
  const usage = objectOf(value) ?? {};
  const creation = objectOf(usage['cache_creation']) ?? {};
  const details = objectOf(usage['output_tokens_details']) ?? {};
  return definedOnly({
    input_tokens: numberOf(usage['input_tokens']),
    output_tokens: numberOf(usage['output_tokens']),
    cache_read_input_tokens: numberOf(usage['cache_read_input_tokens']),
    cache_creation_input_tokens: numberOf(usage['cache_creation_input_tokens']),
    ephemeral_1h_input_tokens: numberOf(creation['ephemeral_1h_input_tokens']),
    ephemeral_5m_input_tokens: numberOf(creation['ephemeral_5m_input_tokens']),
    thinking_tokens: numberOf(details['thinking_tokens']),
  });
}

/**
 * Reads the counts that Bedrock adds to the last event of a stream.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
export function parseInvocationMetrics(value: JsonValue | undefined): MessageUsage {
  const metrics = objectOf(value) ?? {};
  return definedOnly({
    input_tokens: numberOf(metrics['inputTokenCount']),
    output_tokens: numberOf(metrics['outputTokenCount']),
    cache_read_input_tokens: numberOf(metrics['cacheReadInputTokenCount']),
    cache_creation_input_tokens: numberOf(metrics['cacheWriteInputTokenCount']),
  });
}

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

function definedOnly(counts: Optional<MessageUsage>): MessageUsage {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined));
}
