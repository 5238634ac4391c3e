import type { JsonObject, RawJson } from '../../wire/json-document.ts';

/** A cache breakpoint after the element that carries it. */
export interface CacheControl {
  readonly ttl?: string;
}

interface PartBase {
  /** Where it stands in the client's request, for errors and warnings. */
  readonly path: string;
  readonly cache?: CacheControl;
}

/** One element of a message's content. */
export type ChatPart = PartBase &
  (
    | { readonly kind: 'text'; readonly text: string }
    /** An image, a video or a file given inline: `mediaType` is lower-case and without parameters. */
    | {
        readonly kind: 'data';
        readonly mediaType: string;
        readonly base64: string;
        readonly filename?: string;
      }
    /** What is to be fetched, and what the client calls it. */
    | { readonly kind: 'url'; readonly url: string; readonly medium: 'image' | 'video' | 'file' }
    | { readonly kind: 'audio'; readonly format: string; readonly base64: string }
    | { readonly kind: 'thinking'; readonly text: string; readonly signature?: string }
    | { readonly kind: 'redacted_thinking'; readonly data: string }
  );

/** A tool call of the history. */
export interface ChatRequestToolCall extends PartBase {
  readonly id: string;
  readonly name: string;
  /** The id that its result names, where the client took several calls for one. */
  readonly answeredAs?: string;
  /** Always a JSON object. */
  readonly input: RawJson;
}

/** One message of the conversation; `developer` is `system`, `function` is `tool`. */
export type ChatMessage = { readonly path: string } & (
  | { readonly role: 'system' | 'user'; readonly parts: readonly ChatPart[] }
  | {
      readonly role: 'assistant';
      readonly parts: readonly ChatPart[];
      readonly toolCalls: readonly ChatRequestToolCall[];
    }
  | {
      readonly role: 'tool';
      readonly parts: readonly ChatPart[];
      readonly toolCallId: string;
      readonly cache?: CacheControl;
    }
);

/** A function that the model may call. */
export interface ChatTool extends PartBase {
  /** Where its name, its schema and the rest stand. */
  readonly functionPath: string;
  readonly name: string;
  readonly description?: string;
  /** The JSON schema in the client's own bytes; absent when the client gave none. */
  readonly parameters?: RawJson;
  readonly strict?: boolean;
}

/** Which tools the model may or must call. */
export type ChatToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

/** The output format that the client wants. */
export type ChatResponseFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name: string;
      readonly description?: string;
      readonly schema?: JsonObject;
      readonly strict?: boolean;
    };

/** What the client's API calls the fields whose names differ between APIs, for errors and warnings. */
export interface ChatFieldNames {
  readonly messages: string;
  readonly maxTokens: string;
  readonly stop: string;
  readonly responseFormat: string;
  readonly reasoningEffort: string;
}

/** A conversation that is to be continued, checked and free of spelling variants. Absent fields were absent or null. */
export interface ChatRequest {
  readonly names: ChatFieldNames;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ChatTool[];
  readonly toolChoice?: ChatToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop: readonly string[];
  readonly responseFormat?: ChatResponseFormat;
  readonly reasoningEffort?: string;
  /** The vendor field `thinking`, as the Anthropic API has it. */
  readonly thinking?: JsonObject;
  readonly serviceTier?: string;
  readonly metadata?: JsonObject;
  readonly user?: string;
}
