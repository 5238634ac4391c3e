import type { MessageStop, StopReason } from '../../../endpoints/messages/encode-message-stream.ts';
import { stringOf } from '../../../schemas/json-fields.ts';
import type { JsonObject } from '../../../wire/json-document.ts';

/** What is known of an answer beside what its last choice says. */
export interface StopContext {
  readonly stopSequences: readonly string[];
  readonly hasToolUse: boolean;
  readonly isRefusal: boolean;
}

/** Some servers tell in `stop_reason` which stop sequence was met. */
export function mapStopReason(choice: JsonObject, context: StopContext): MessageStop {
  const matched = stringOf(choice['stop_reason']);
  const isStop = choice['finish_reason'] === 'stop';
  if (isStop && matched !== undefined && context.stopSequences.includes(matched)) {
    return { stopReason: 'stop_sequence', stopSequence: matched };
  }
  return { stopReason: mapFinishReason(stringOf(choice['finish_reason']), context), stopSequence: null };
}

function mapFinishReason(reason: string | undefined, { hasToolUse, isRefusal }: StopContext): StopReason {
  if (reason === 'length') return 'max_tokens';
  if (reason === 'content_filter' || isRefusal) return 'refusal';
  return hasToolUse ? 'tool_use' : 'end_turn';
}
