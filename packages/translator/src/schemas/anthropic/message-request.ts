import type { EncodableJson, RawJson } from '../../wire/json-document.ts';

/** A cache breakpoint. @see https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching */
export type CacheControlParam = { readonly type: 'ephemeral'; readonly ttl?: string };

type Cacheable = { readonly cache_control?: CacheControlParam };

export type TextBlockParam = Cacheable & { readonly type: 'text'; readonly text: string };

export type Base64Source = { readonly type: 'base64'; readonly media_type: string; readonly data: string };
export type UrlSource = { readonly type: 'url'; readonly url: string };
export type TextSource = { readonly type: 'text'; readonly media_type: 'text/plain'; readonly data: string };

export type ImageBlockParam = Cacheable & {
  readonly type: 'image';
  readonly source: Base64Source | UrlSource;
};

export type DocumentBlockParam = Cacheable & {
  readonly type: 'document';
  readonly source: Base64Source | UrlSource | TextSource;
  readonly title?: string;
};

export type ThinkingBlockParam =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

export type ToolUseBlockParam = Cacheable & {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: RawJson;
};

/** What the result of a tool, or a user, may show. */
export type MaterialBlockParam = TextBlockParam | ImageBlockParam | DocumentBlockParam;

export type ToolResultBlockParam = Cacheable & {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content?: readonly MaterialBlockParam[];
};

export type ContentBlockParam =
  MaterialBlockParam | ThinkingBlockParam | ToolUseBlockParam | ToolResultBlockParam;

export type MessageParam = {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlockParam[];
};

export type ToolParam = Cacheable & {
  readonly name: string;
  readonly description?: string;
  readonly input_schema: RawJson;
  readonly strict?: boolean;
};

export type ToolChoiceParam =
  | { readonly type: 'auto' | 'any'; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: 'tool'; readonly name: string; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: 'none' };

/**
 * A Messages request without what differs between transports: model, stream, version and betas.
 * @see https://docs.anthropic.com/en/api/messages
 */
export type MessagesRequest = {
  readonly max_tokens: number;
  readonly system?: readonly TextBlockParam[];
  readonly messages: readonly MessageParam[];
  readonly tools?: readonly ToolParam[];
  readonly tool_choice?: ToolChoiceParam;
  readonly stop_sequences?: readonly string[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly thinking?: EncodableJson;
  readonly output_config?: EncodableJson;
  readonly metadata?: { readonly user_id: string };
};
