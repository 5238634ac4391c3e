import type { ResponseEventWriter } from './event-writer.ts';
import type { ReasoningDraft } from './output-items.ts';

/** A step in telling a block of reasoning. */
export type ReasoningStep = 'part.added' | 'text.delta' | 'text.done' | 'part.done';

/** Reasoning is told in one of two families of events, alike but for their names: as a summary, or as content. */
export function writeReasoning(
  writer: ResponseEventWriter,
  reasoning: ReasoningDraft,
  step: ReasoningStep,
  text: string,
): string {
  const isSummary = reasoning.place === 'summary';
  const isPart = step === 'part.added' || step === 'part.done';
  const family = isSummary ? 'reasoning_summary_' : isPart ? 'content_' : 'reasoning_';
  const index = isSummary ? { summary_index: 0 } : { content_index: 0 };
  const part = { type: isSummary ? 'summary_text' : 'reasoning_text', text };
  const told = isPart ? { part } : step === 'text.delta' ? { delta: text } : { text };
  return writer.part(reasoning, `${family}${step}`, { ...index, ...told });
}
