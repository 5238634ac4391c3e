import type { RawJson } from '../../wire/json-document.ts';

export type ChatPartParam =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'file'; readonly file: { readonly filename: string; readonly file_data: string } };

export type ChatToolCallParam = {
  readonly id: string;
  readonly type: 'function';
  /** `arguments` is JSON text. */
  readonly function: { readonly name: string; readonly arguments: string };
};

export type ChatMessageParam =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly ChatPartParam[] }
  | {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly tool_calls?: readonly ChatToolCallParam[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export type ChatToolParam = {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters: RawJson;
    readonly strict?: boolean;
  };
};

export type ChatToolChoiceParam =
  'auto' | 'required' | 'none' | { readonly type: 'function'; readonly function: { readonly name: string } };

export type ChatResponseFormatParam = {
  readonly type: 'json_schema';
  readonly json_schema: { readonly name: string; readonly schema: RawJson; readonly strict: boolean };
};

/** @see https://platform.openai.com/docs/api-reference/chat/create */
export type ChatCompletionRequest = {
  readonly model: string;
  readonly messages: readonly ChatMessageParam[];
  readonly max_completion_tokens?: number;
  /** The older name of the limit. */
  readonly max_tokens?: number;
  readonly stream?: true;
  readonly stream_options?: { readonly include_usage: true };
  readonly tools?: readonly ChatToolParam[];
  readonly tool_choice?: ChatToolChoiceParam;
  readonly parallel_tool_calls?: false;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly stop?: readonly string[];
  readonly reasoning_effort?: string;
  readonly response_format?: ChatResponseFormatParam;
  readonly service_tier?: string;
  readonly user?: string;
};
