/** Why the model stopped: it was done, was cut off by a limit, wants tools called, or was stopped by a filter. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** A source of a passage of the answer; `start` and `end` count UTF-16 units of all text so far. */
export interface Citation {
  readonly url: string;
  readonly title: string;
  readonly start: number;
  readonly end: number;
}

/** A block of the model's reasoning that can be sent back to it: opaque, signed by whoever made it. */
export type ReasoningBlock =
  | { readonly kind: 'thinking'; readonly text: string; readonly signature?: string }
  | { readonly kind: 'redacted_thinking'; readonly data: string };

/**
 * A piece of a model's answer, in no API's words: what providers' answers are read into, and clients' answers are written from.
 * A whole answer is the list of its pieces; a streamed one has more, smaller pieces of the same kinds.
 */
export type AnswerEvent =
  /** Always the first of a stream. */
  | { readonly kind: 'start' }
  | { readonly kind: 'text'; readonly text: string }
  /** Sources of text that came before. */
  | { readonly kind: 'citations'; readonly citations: readonly Citation[] }
  | { readonly kind: 'reasoning'; readonly text: string }
  /** Ends a block of reasoning; it repeats the text, which came in `reasoning` events. */
  | { readonly kind: 'reasoning_end'; readonly block: ReasoningBlock }
  /** A call of a tool begins; `index` is its ordinal among the calls of the answer. */
  | { readonly kind: 'tool_call'; readonly index: number; readonly id: string; readonly name: string }
  /** A piece of a call's arguments, which are JSON text. Calls may take turns. */
  | { readonly kind: 'tool_input'; readonly index: number; readonly text: string }
  | { readonly kind: 'tool_end'; readonly index: number }
  /** Always the last of a complete answer. */
  | { readonly kind: 'finish'; readonly reason: FinishReason };
