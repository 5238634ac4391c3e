import type { ChatRequest } from '../endpoints/chat-completions/chat-request.ts';
import type { WarningCollector } from '../warnings.ts';

/** The stop sequences that Claude takes: those of white space alone it refuses. */
export function keepVisibleStops(
  { stop, names }: Pick<ChatRequest, 'stop' | 'names'>,
  warnings: WarningCollector,
): readonly string[] {
  const kept = stop.filter((sequence) => sequence.trim() !== '');
  if (kept.length < stop.length) warnings.drop(names.stop, 'Claude does not stop at white space');
  return kept;
}
