import type { MessageContentBlock } from '../../schemas/anthropic/message.ts';
import type { ClientMessageUsage } from './convert-usage.ts';
import type { MessageEnd, StopReason } from './encode-message-stream.ts';

/** A whole answer. @see https://docs.anthropic.com/en/api/messages */
export type Message = {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly MessageContentBlock[];
  readonly stop_reason: StopReason;
  readonly stop_sequence: string | null;
  readonly usage: ClientMessageUsage;
};

/** The message with what is known at its end. */
export function buildMessage(
  { id, model, content }: Pick<Message, 'id' | 'model' | 'content'>,
  { stopReason, stopSequence, usage }: MessageEnd,
): Message {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: stopReason,
    stop_sequence: stopSequence,
    usage,
  };
}
