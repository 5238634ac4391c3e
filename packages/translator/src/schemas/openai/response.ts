/** A source of a passage; indexes count UTF-16 units of the part's text. */
export interface ResponseAnnotation {
  readonly type: 'url_citation';
  readonly url: string;
  readonly title: string;
  readonly start_index: number;
  readonly end_index: number;
}

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** The text of a message. */
export interface ResponseOutputText {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: ResponseAnnotation[];
  readonly logprobs: [];
}

export interface ResponseMessageItem {
  readonly id: string;
  readonly type: 'message';
  readonly status: ItemStatus;
  readonly role: 'assistant';
  readonly content: ResponseOutputText[];
}

/** Reasoning: its text is in `summary` or in `content`, and what the provider wants back in `encrypted_content`. */
export interface ResponseReasoningItem {
  readonly id: string;
  readonly type: 'reasoning';
  readonly status: ItemStatus;
  readonly summary: { readonly type: 'summary_text'; readonly text: string }[];
  readonly content?: { readonly type: 'reasoning_text'; readonly text: string }[];
  readonly encrypted_content?: string;
}

/** A call of a function tool; `arguments` is JSON text. */
export interface ResponseFunctionCallItem {
  readonly id: string;
  readonly type: 'function_call';
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
}

/** @see https://platform.openai.com/docs/api-reference/responses/object (output) */
export type ResponseOutputItem = ResponseMessageItem | ResponseReasoningItem | ResponseFunctionCallItem;

/** Tokens as OpenAI counts them: `input_tokens` includes what came from the cache and what went into it. */
export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

/** Why a response failed. */
export interface ResponseError {
  readonly code: 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt';
  readonly message: string;
}

export interface ResponseIncompleteDetails {
  readonly reason: 'max_output_tokens' | 'content_filter';
}
