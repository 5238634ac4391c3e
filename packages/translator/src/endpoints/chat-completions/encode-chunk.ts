import type {
  ChatCompletionChunk,
  ChatDelta,
  ChatFinishReason,
  ChatUsage,
} from '../../schemas/openai/chat-completion.ts';

/** Writes the chunks of one streamed answer as server-sent events, all with the same id, time and model. */
export interface ChatChunkEncoder {
  /** A chunk that adds to the message. */
  delta(delta: ChatDelta): string;
  /** The chunk that says why the model stopped. */
  finish(reason: ChatFinishReason): string;
  /** The chunk that carries only usage, for clients that asked for it. */
  usage(usage: ChatUsage, serviceTier?: string): string;
}

/** What all chunks of an answer have in common. */
export type ChatChunkIdentity = Pick<ChatCompletionChunk, 'id' | 'created' | 'model'>;

/** Ends a stream that is complete. */
export const chatStreamEnd = 'data: [DONE]\n\n';

/** @see https://platform.openai.com/docs/api-reference/chat-streaming */
export function createChatChunkEncoder({ id, created, model }: ChatChunkIdentity): ChatChunkEncoder {
  const identity = JSON.stringify({ id, object: 'chat.completion.chunk', created, model }).slice(0, -1);
  const choice = (delta: ChatDelta, reason: ChatFinishReason | null): string =>
    `data: ${identity},"choices":[{"index":0,"delta":${JSON.stringify(delta)},"finish_reason":${JSON.stringify(reason)}}]}\n\n`;
  return {
    delta: (delta) => choice(delta, null),
    finish: (reason) => choice({}, reason),
    usage: (usage, serviceTier) => {
      const tier = serviceTier === undefined ? '' : `,"service_tier":${JSON.stringify(serviceTier)}`;
      return `data: ${identity},"choices":[],"usage":${JSON.stringify(usage)}${tier}}\n\n`;
    },
  };
}
