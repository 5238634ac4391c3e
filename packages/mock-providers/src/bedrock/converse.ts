import type { Answer, AnswerBlock, AnswerStop, TokenUsage } from '../brain/conversation.ts';
import type { JsonObject } from '../json.ts';

/** What a response says beside the answer. */
export interface ConverseReport {
  readonly latencyMs: number;
  /** The settings of the request that come back as they were: `performanceConfig`, `serviceTier`. */
  readonly settings: JsonObject;
}

/** The settings of a request that its response repeats. */
export function repeatedSettings({ performanceConfig, serviceTier }: JsonObject): JsonObject {
  return { ...(performanceConfig ? { performanceConfig } : {}), ...(serviceTier ? { serviceTier } : {}) };
}

/** The body of a Converse response. */
export function buildConverseResponse(answer: Answer, { latencyMs, settings }: ConverseReport): JsonObject {
  return {
    ...settings,
    metrics: { latencyMs },
    output: { message: { content: answer.blocks.map(buildBlock), role: 'assistant' } },
    stopReason: mapConverseStop(answer.stop),
    usage: buildConverseUsage(answer.usage),
  };
}

/** Converse's word for why the answer ended. */
export function mapConverseStop(stop: AnswerStop): string {
  switch (stop.reason) {
    case 'end':
      return 'end_turn';
    case 'max-tokens':
      return 'max_tokens';
    case 'tool-use':
      return 'tool_use';
    case 'stop-sequence':
      return 'stop_sequence';
  }
}

/** `usage`: the total includes what the cache read and wrote. */
export function buildConverseUsage(usage: TokenUsage): JsonObject {
  const { '5m': fiveMinutes, '1h': hour } = usage.cacheWriteTokens;
  const written = fiveMinutes + hour;
  const details = [
    { inputTokens: hour, ttl: '1h' },
    { inputTokens: fiveMinutes, ttl: '5m' },
  ].filter(({ inputTokens }) => inputTokens > 0);
  return {
    ...(details.length > 0 ? { cacheDetails: details } : {}),
    cacheReadInputTokens: usage.cacheReadTokens,
    cacheWriteInputTokens: written,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    totalTokens: usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + written,
  };
}

function buildBlock(block: AnswerBlock): JsonObject {
  switch (block.kind) {
    case 'text':
      return { text: block.text };
    case 'thinking':
      return { reasoningContent: { reasoningText: { signature: block.signature, text: block.text } } };
    case 'redacted-thinking':
      return { reasoningContent: { redactedContent: block.data } };
    case 'tool-use':
      return { toolUse: { input: block.input, name: block.name, toolUseId: block.id } };
  }
}
