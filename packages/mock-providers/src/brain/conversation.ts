import type { JsonObject } from '../json.ts';

/** A prompt in no provider's dialect: what the answer is made from. */
export interface Conversation {
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelTools: boolean;
  readonly maxTokens: number | undefined;
  readonly stopSequences: readonly string[];
  readonly thinking: boolean;
  /** The answer's text must be JSON of this schema. */
  readonly jsonSchema: JsonObject | undefined;
  /** The whole prompt in the provider's order (tools, system, messages), as it is counted and cached. */
  readonly segments: readonly PromptSegment[];
}

/** One message. */
export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly parts: readonly Part[];
}

/** One content block. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'media'; readonly label: string }
  | { readonly kind: 'tool-use'; readonly id: string; readonly name: string }
  | { readonly kind: 'tool-result'; readonly id: string; readonly text: string; readonly isError: boolean }
  | { readonly kind: 'other' };

/** A tool that the caller offers. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
}

/** Which tools may or must be called. */
export type ToolChoice =
  | { readonly kind: 'auto' }
  | { readonly kind: 'any' }
  | { readonly kind: 'none' }
  | { readonly kind: 'tool'; readonly name: string };

/** How long a cached prefix lives. */
export type CacheTtl = '5m' | '1h';

/** A piece of the prompt; where `ttl` is set, the prefix that ends here is to be cached. */
export interface PromptSegment {
  readonly tokens: number;
  /** The provider's own JSON value, without the cache marker. */
  readonly content: unknown;
  readonly ttl?: CacheTtl;
}

/** Tokens of one exchange; `inputTokens` excludes what was read from or written to the cache. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly thinkingTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: Readonly<Record<CacheTtl, number>>;
}

/** Why the answer ended. */
export type AnswerStop =
  | { readonly reason: 'end' | 'max-tokens' | 'tool-use' }
  | { readonly reason: 'stop-sequence'; readonly sequence: string };

/** One block of the answer. `input` is an object that fits the tool's schema. */
export type AnswerBlock =
  | { readonly kind: 'thinking'; readonly text: string; readonly signature: string }
  | { readonly kind: 'redacted-thinking'; readonly data: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool-use'; readonly id: string; readonly name: string; readonly input: JsonObject };

/** The mock's answer, to be written in a provider's dialect. */
export interface Answer {
  readonly blocks: readonly AnswerBlock[];
  readonly stop: AnswerStop;
  readonly usage: TokenUsage;
}
