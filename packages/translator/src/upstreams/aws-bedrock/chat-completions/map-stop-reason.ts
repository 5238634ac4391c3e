import type { FinishReason } from '../../../endpoints/answer-event.ts';

const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['tool_use', 'tool_calls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['content_filtered', 'content_filter'],
  ['guardrail_intervened', 'content_filter'],
  ['malformed_model_output', 'stop'],
  ['malformed_tool_use', 'stop'],
]);

/**
 * Why the model stopped. A reason of the future, or none, is read off the answer.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (stopReason)
 */
export function mapStopReason(stopReason: string | undefined, hasToolCalls: boolean): FinishReason {
  const reason = stopReason === undefined ? undefined : finishReasons.get(stopReason);
  return reason ?? (hasToolCalls ? 'tool_calls' : 'stop');
}
