import type { JsonObject, RawJson } from '../../wire/json-document.ts';
import type { CacheControl } from '../chat-completions/chat-request.ts';

/** What every block says beside its content. */
export interface BlockBase {
  /** Where it stands in the client's request, for errors and warnings. */
  readonly path: string;
  readonly cache?: CacheControl;
}

/** Where the bytes of an image or a document are. `mediaType` is lower-case. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  /** A file that was uploaded to Anthropic. */
  | { readonly kind: 'file'; readonly fileId: string };

export type TextBlock = BlockBase & {
  readonly kind: 'text';
  readonly text: string;
  /** What an earlier answer cited here. */
  readonly citations?: readonly JsonObject[];
};

export type ImageBlock = BlockBase & { readonly kind: 'image'; readonly source: MediaSource };

export type DocumentBlock = BlockBase & {
  readonly kind: 'document';
  readonly source:
    | MediaSource
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'content'; readonly content: readonly (TextBlock | ImageBlock)[] };
  readonly title?: string;
  readonly context?: string;
  /** The client wants the answer to cite it. */
  readonly citations: boolean;
};

export type SearchResultBlock = BlockBase & {
  readonly kind: 'search_result';
  readonly source: string;
  readonly title: string;
  readonly content: readonly TextBlock[];
  readonly citations: boolean;
};

export type ThinkingBlock = BlockBase & {
  readonly kind: 'thinking';
  readonly thinking: string;
  /** Absent when it was absent or empty. */
  readonly signature?: string;
};

export type RedactedThinkingBlock = BlockBase & { readonly kind: 'redacted_thinking'; readonly data: string };

export type ToolUseBlock = BlockBase & {
  readonly kind: 'tool_use';
  readonly id: string;
  readonly name: string;
  /** A JSON object in the client's own bytes. */
  readonly input: RawJson;
};

/** What a user, or the result of a tool, may show. */
export type MaterialBlock = TextBlock | ImageBlock | DocumentBlock | SearchResultBlock;

export type ToolResultBlock = BlockBase & {
  readonly kind: 'tool_result';
  readonly toolUseId: string;
  readonly content: readonly MaterialBlock[];
  readonly isError: boolean;
};

/** A trace of a tool that Anthropic runs itself, in the history: only Anthropic can read it. */
export type ServerToolBlock = BlockBase & { readonly kind: 'server_tool'; readonly type: string };

export type MessageBlock =
  MaterialBlock | ThinkingBlock | RedactedThinkingBlock | ToolUseBlock | ToolResultBlock | ServerToolBlock;

/** One message of the conversation; `system` in the middle of it is a newer form of Anthropic's API. */
export interface ClientMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly path: string;
  readonly blocks: readonly MessageBlock[];
}

/** A tool that the client runs. */
export interface ClientTool extends BlockBase {
  readonly name: string;
  /** Absent when it was absent or blank. */
  readonly description?: string;
  /** The JSON schema in the client's own bytes. */
  readonly inputSchema: RawJson;
  readonly schema: JsonObject;
  readonly strict?: boolean;
}

/** A tool that Anthropic runs or defines, such as `web_search_20250305`. */
export interface ServerTool {
  readonly path: string;
  readonly type: string;
}

/** Which tools the model may or must call. */
export type ClientToolChoice = 'auto' | 'any' | 'none' | { readonly name: string };

/** How much the model is to think before it answers. */
export type ClientThinking =
  { readonly type: 'enabled'; readonly budgetTokens: number } | { readonly type: 'adaptive' | 'disabled' };

/** The JSON that the answer is to be. */
export interface ClientOutputFormat {
  /** The JSON schema in the client's own bytes. */
  readonly rawSchema: RawJson;
  readonly schema: JsonObject;
  readonly path: string;
}

/** A Messages request, checked and free of spelling variants. Absent fields were absent or null. */
export interface ClientMessagesRequest {
  readonly system: readonly TextBlock[];
  readonly messages: readonly ClientMessage[];
  readonly tools: readonly ClientTool[];
  readonly serverTools: readonly ServerTool[];
  readonly toolChoice?: ClientToolChoice;
  /** True: the model is to call one tool at most. */
  readonly disableParallelToolUse: boolean;
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stopSequences: readonly string[];
  readonly thinking?: ClientThinking;
  /** From `output_config.effort`. */
  readonly effort?: string;
  readonly outputFormat?: ClientOutputFormat;
  readonly serviceTier?: string;
  readonly userId?: string;
}
