import type { EncodableJson, RawJson } from '../../wire/json-document.ts';

/** A point up to which the prompt is cached. */
export type CachePoint = { readonly cachePoint: { readonly type: 'default'; readonly ttl?: '5m' | '1h' } };

/** Where the bytes of an image or a document are. */
export type MediaSource = { readonly bytes: RawJson } | { readonly s3Location: { readonly uri: string } };

export type TextBlock = { readonly text: string };

export type CitationsConfig = { readonly enabled: boolean };

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
export type DocumentBlock = {
  readonly document: {
    readonly format: string;
    readonly name: string;
    readonly source: MediaSource | { readonly text: string } | { readonly content: readonly TextBlock[] };
    readonly context?: string;
    readonly citations?: CitationsConfig;
  };
};

type InlineMedia = { readonly format: string; readonly source: MediaSource };

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_AudioBlock.html */
export type AudioBlock = { readonly audio: InlineMedia };

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_VideoBlock.html */
export type VideoBlock = { readonly video: InlineMedia };

export type MediaBlock = { readonly image: InlineMedia } | VideoBlock | DocumentBlock;

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_SearchResultBlock.html */
export type SearchResultBlock = {
  readonly searchResult: {
    readonly source: string;
    readonly title: string;
    readonly content: readonly TextBlock[];
    readonly citations: CitationsConfig;
  };
};

export type ReasoningBlock = {
  readonly reasoningContent:
    | { readonly reasoningText: { readonly text: string; readonly signature?: string } }
    | { readonly redactedContent: string };
};

export type ToolUseBlock = {
  readonly toolUse: { readonly toolUseId: string; readonly name: string; readonly input: RawJson };
};

export type ToolResultBlock = {
  readonly toolResult: {
    readonly toolUseId: string;
    readonly content: readonly (TextBlock | MediaBlock | SearchResultBlock)[];
    readonly status?: 'error';
  };
};

/** Text of an answer together with what it cites. */
export type CitationsBlock = {
  readonly citationsContent: {
    readonly content: readonly TextBlock[];
    readonly citations: readonly EncodableJson[];
  };
};

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
export type ContentBlock =
  | TextBlock
  | MediaBlock
  | AudioBlock
  | SearchResultBlock
  | ReasoningBlock
  | CitationsBlock
  | ToolUseBlock
  | ToolResultBlock
  | CachePoint;

export type ConverseMessage = {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
};

export type SystemBlock = TextBlock | CachePoint;

export type ConverseTool =
  | {
      readonly toolSpec: {
        readonly name: string;
        readonly description?: string;
        readonly inputSchema: { readonly json: RawJson };
        readonly strict?: boolean;
      };
    }
  | CachePoint;

export type ConverseToolChoice =
  | { readonly auto: Record<string, never> }
  | { readonly any: Record<string, never> }
  | { readonly tool: { readonly name: string } };

export type ToolConfig = {
  readonly tools: readonly ConverseTool[];
  readonly toolChoice?: ConverseToolChoice;
};

export type InferenceConfig = {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stopSequences?: readonly string[];
};

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export type ConverseRequest = {
  readonly system?: readonly SystemBlock[];
  readonly messages: readonly ConverseMessage[];
  readonly inferenceConfig?: InferenceConfig;
  readonly toolConfig?: ToolConfig;
  readonly outputConfig?: EncodableJson;
  readonly serviceTier?: { readonly type: string };
  readonly requestMetadata?: Readonly<Record<string, string>> | RawJson;
  readonly guardrailConfig?: EncodableJson;
  readonly performanceConfig?: EncodableJson;
  readonly additionalModelRequestFields?: Readonly<Record<string, EncodableJson>>;
  readonly additionalModelResponseFieldPaths?: EncodableJson;
};
