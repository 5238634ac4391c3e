import type { MessageStop, StopReason } from '../../../endpoints/messages/encode-message-stream.ts';
import { stringOf } from '../../../schemas/json-fields.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import { readStopSequence } from '../converse/response-fields.ts';
import type { AnswerContext } from './answer-context.ts';

const stopReasons: ReadonlyMap<string, StopReason> = new Map([
  ['end_turn', 'end_turn'],
  ['tool_use', 'tool_use'],
  ['max_tokens', 'max_tokens'],
  ['stop_sequence', 'stop_sequence'],
  ['guardrail_intervened', 'refusal'],
  ['content_filtered', 'refusal'],
  ['model_context_window_exceeded', 'model_context_window_exceeded'],
  ['malformed_model_output', 'end_turn'],
  ['malformed_tool_use', 'end_turn'],
]);

/**
 * Why the model stopped, by the whole answer or by the event that ends a stream. A reason of the future, or none, is read off the
 * answer. Which stop sequence was met is known where Claude said so, or where there was only one.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (stopReason)
 */
export function mapStopReason(
  answer: JsonObject,
  hasToolUse: boolean,
  { usesOutputTool, stopSequences }: Pick<AnswerContext, 'usesOutputTool' | 'stopSequences'>,
): MessageStop {
  const known = stopReasons.get(stringOf(answer['stopReason']) ?? '');
  const isOutput = usesOutputTool && known === 'tool_use' && !hasToolUse;
  const stopReason = isOutput ? 'end_turn' : (known ?? (hasToolUse ? 'tool_use' : 'end_turn'));
  if (stopReason !== 'stop_sequence') return { stopReason, stopSequence: null };
  const [only = null, ...others] = stopSequences;
  return { stopReason, stopSequence: readStopSequence(answer) ?? (others.length === 0 ? only : null) };
}
