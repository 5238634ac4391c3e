import type { AnswerEvent, Citation, FinishReason, ReasoningBlock } from './answer-event.ts';

/** The passage of an answer that a citation stands behind, in UTF-16 units. */
export type Passage = Pick<Citation, 'start' | 'end'>;

/** Puts the events of a whole answer together, block by block. */
export interface AnswerBuilder {
  readonly toolCount: number;
  /** The passage that the text has become. */
  addText(text: string): Passage;
  cite(citations: readonly Citation[]): void;
  /** Reasoning that the client may read, and its block. */
  addReasoning(text: string, block: ReasoningBlock): void;
  /** Reasoning that nobody can read. */
  addHiddenReasoning(block: ReasoningBlock): void;
  /** `input` is JSON text. */
  addCall(call: { readonly id: string; readonly name: string }, input: string): void;
  finish(reason: FinishReason): readonly AnswerEvent[];
}

class EventList implements AnswerBuilder {
  toolCount = 0;
  readonly #events: AnswerEvent[] = [];
  #textLength = 0;

  addText(text: string): Passage {
    const start = this.#textLength;
    this.#textLength += text.length;
    this.#events.push({ kind: 'text', text });
    return { start, end: this.#textLength };
  }

  cite(citations: readonly Citation[]): void {
    if (citations.length > 0) this.#events.push({ kind: 'citations', citations });
  }

  addReasoning(text: string, block: ReasoningBlock): void {
    this.#events.push({ kind: 'reasoning', text }, { kind: 'reasoning_end', block });
  }

  addHiddenReasoning(block: ReasoningBlock): void {
    this.#events.push({ kind: 'reasoning_end', block });
  }

  addCall(call: { readonly id: string; readonly name: string }, input: string): void {
    const index = this.toolCount++;
    this.#events.push(
      { kind: 'tool_call', index, ...call },
      { kind: 'tool_input', index, text: input },
      { kind: 'tool_end', index },
    );
  }

  finish(reason: FinishReason): readonly AnswerEvent[] {
    this.#events.push({ kind: 'finish', reason });
    return this.#events;
  }
}

/** A builder of one answer. */
export function createAnswerBuilder(): AnswerBuilder {
  return new EventList();
}
