import { buildMessage } from '../anthropic/build-message.ts';
import type { MessageIdentity } from '../anthropic/build-message.ts';
import { buildMessageEvents } from '../anthropic/build-message-events.ts';
import type { MessageEvent } from '../anthropic/build-message-events.ts';
import type { Answer, TokenUsage } from '../brain/conversation.ts';
import { encodeEvent } from '../event-stream/encode-event-stream-message.ts';
import { encodeJson } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { jsonReply } from '../reply.ts';
import type { ReplyHeaders, UnaryReply } from '../reply.ts';
import { paddingFor } from './converse-stream.ts';

/** InvokeModel's answer: Anthropic's message, and the token counts as headers too. */
export function buildInvokeReply(
  answer: Answer,
  identity: MessageIdentity,
  headers: ReplyHeaders,
): UnaryReply {
  return jsonReply(200, buildMessage(answer, identity), [
    ...headers,
    ['x-amzn-bedrock-input-token-count', String(answer.usage.inputTokens)],
    ['x-amzn-bedrock-output-token-count', String(answer.usage.outputTokens)],
    ['x-amzn-bedrock-cache-read-input-token-count', String(answer.usage.cacheReadTokens)],
    ['x-amzn-bedrock-cache-write-input-token-count', String(sumWritten(answer.usage))],
  ]);
}

/** InvokeModelWithResponseStream's frames: one Anthropic event each, in base64; message_stop carries Bedrock's metrics. */
export function encodeInvokeFrames(answer: Answer, identity: MessageIdentity, latencyMs: number): Buffer[] {
  return buildMessageEvents(answer, identity).map((event, index) => {
    const whole = event.type === 'message_stop' ? withMetrics(event, answer.usage, latencyMs) : event;
    const bytes = encodeJson(whole).toString('base64');
    return encodeEvent('chunk', encodeJson({ bytes, p: paddingFor(index) }));
  });
}

function withMetrics(event: MessageEvent, usage: TokenUsage, latencyMs: number): JsonObject {
  return {
    ...event,
    'amazon-bedrock-invocationMetrics': {
      inputTokenCount: usage.inputTokens,
      outputTokenCount: usage.outputTokens,
      invocationLatency: latencyMs,
      firstByteLatency: latencyMs,
      cacheReadInputTokenCount: usage.cacheReadTokens,
      cacheWriteInputTokenCount: sumWritten(usage),
    },
  };
}

function sumWritten({ cacheWriteTokens }: TokenUsage): number {
  return cacheWriteTokens['5m'] + cacheWriteTokens['1h'];
}
