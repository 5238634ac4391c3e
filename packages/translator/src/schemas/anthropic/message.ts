import type { EncodableJson, RawJson } from '../../wire/json-document.ts';

export type MessageTextBlock = {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly EncodableJson[];
};

/** Unsigned thinking has an empty signature. */
export type MessageThinkingBlock = {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
};

export type MessageRedactedThinkingBlock = { readonly type: 'redacted_thinking'; readonly data: string };

export type MessageToolUseBlock = {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: RawJson;
};

/** One block of an answer. @see https://docs.anthropic.com/en/api/messages */
export type MessageContentBlock =
  MessageTextBlock | MessageThinkingBlock | MessageRedactedThinkingBlock | MessageToolUseBlock;
