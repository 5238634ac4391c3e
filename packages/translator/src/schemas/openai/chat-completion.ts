/** A block of Claude's reasoning as clients see it and send it back: opaque, signed. */
export type ChatThinkingBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature?: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

/** A call of a function tool. */
export interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  /** `arguments` is JSON text. */
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A source of a passage of the answer; indexes count UTF-16 units of `content`. */
export interface ChatAnnotation {
  readonly type: 'url_citation';
  readonly url_citation: {
    readonly url: string;
    readonly title: string;
    readonly start_index: number;
    readonly end_index: number;
  };
}

/** Why the model stopped. */
export type ChatFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** The answer; `reasoning_content` and `thinking_blocks` follow what OpenAI-compatible servers do. */
export interface ChatCompletionMessage {
  readonly role: 'assistant';
  readonly content: string | null;
  readonly reasoning_content?: string;
  readonly thinking_blocks?: readonly ChatThinkingBlock[];
  readonly tool_calls?: readonly ChatToolCall[];
  readonly annotations?: readonly ChatAnnotation[];
}

/** Tokens as OpenAI counts them: `prompt_tokens` includes what came from the cache. */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number;
    readonly cache_write_tokens?: number;
    readonly cache_creation_input_tokens?: number;
  };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number };
}

/** @see https://platform.openai.com/docs/api-reference/chat/object */
export interface ChatCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly [
    { readonly index: 0; readonly finish_reason: ChatFinishReason; readonly message: ChatCompletionMessage },
  ];
  readonly usage?: ChatUsage;
  readonly service_tier?: string;
}

/** A piece of a tool call; only the first piece has the id and the name. */
export interface ChatToolCallDelta {
  /** Ordinal of the call within the answer. */
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function: { readonly name?: string; readonly arguments: string };
}

/** What a chunk adds to the message. */
export interface ChatDelta {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly reasoning_content?: string;
  readonly thinking_blocks?: readonly ChatThinkingBlock[];
  readonly tool_calls?: readonly ChatToolCallDelta[];
  readonly annotations?: readonly ChatAnnotation[];
}

/** @see https://platform.openai.com/docs/api-reference/chat-streaming */
export interface ChatCompletionChunk {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: 0;
    readonly delta: ChatDelta;
    readonly finish_reason: ChatFinishReason | null;
  }[];
  readonly usage?: ChatUsage;
  readonly service_tier?: string;
}
