import type { StopReason } from '../../../endpoints/messages/encode-message-stream.ts';
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

/** How an answer ended, in Anthropic's words. */
export interface MessageStop {
  readonly stopReason: StopReason;
  readonly stopSequence: string | null;
}

/**
 * Why the model stopped. A reason of the future, or none, is read off the answer. Converse does not say which stop
 * sequence was met: it is known where there was only one.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (stopReason)
 */
export function mapStopReason(
  reason: string | undefined,
  hasToolUse: boolean,
  { usesOutputTool, stopSequences }: Pick<AnswerContext, 'usesOutputTool' | 'stopSequences'>,
): MessageStop {
  const known = reason === undefined ? undefined : stopReasons.get(reason);
  const isOutput = usesOutputTool && known === 'tool_use' && !hasToolUse;
  const stopReason = isOutput ? 'end_turn' : (known ?? (hasToolUse ? 'tool_use' : 'end_turn'));
  const [only = null, ...others] = stopSequences;
  const isMet = stopReason === 'stop_sequence' && others.length === 0;
  return { stopReason, stopSequence: isMet ? only : null };
}
