import type { FinishReason } from '../../../endpoints/answer-event.ts';

const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
]);

/**
 * Why the model stopped. A reason of the future, or none, is read off the answer.
 * @see https://docs.anthropic.com/en/api/handling-stop-reasons
 */
export function mapStopReason(stopReason: string | undefined, hasToolCalls: boolean): FinishReason {
  const reason = stopReason === undefined ? undefined : finishReasons.get(stopReason);
  return reason ?? (hasToolCalls ? 'tool_calls' : 'stop');
}
