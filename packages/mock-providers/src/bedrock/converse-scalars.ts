/** A list (or, with `key`, a map) of a shape, and how many members it may have. */
export interface CollectionShape {
  readonly of: string;
  readonly key?: string;
  readonly min?: number;
  readonly max?: number;
}

/** A shape without members. `min` and `max` bound the value of numbers and the length of everything else. */
export interface ScalarShape {
  readonly type: 'string' | 'integer' | 'float' | 'boolean' | 'blob' | 'document';
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: readonly string[];
}

/** Lists and maps of the model; see converse-shapes.ts. */
export const collections: Readonly<Record<string, CollectionShape>> = {
  Messages: { of: 'Message' },
  ContentBlocks: { of: 'ContentBlock' },
  DocumentContentBlocks: { of: 'DocumentContentBlock' },
  ToolResultContentBlocks: { of: 'ToolResultContentBlock' },
  SearchResultContentBlocks: { of: 'SearchResultContentBlock' },
  GuardrailConverseContentQualifierList: { of: 'GuardrailConverseContentQualifier' },
  CitationGeneratedContentList: { of: 'CitationGeneratedContent' },
  Citations: { of: 'Citation' },
  CitationSourceContentList: { of: 'CitationSourceContent' },
  SystemContentBlocks: { of: 'SystemContentBlock' },
  InferenceConfigurationStopSequencesList: { of: 'NonEmptyString', min: 0, max: 2500 },
  ToolConfigurationToolsList: { of: 'Tool', min: 1 },
  ConverseRequestAdditionalModelResponseFieldPathsList: {
    of: 'ConverseRequestAdditionalModelResponseFieldPathsListMemberString',
    min: 0,
    max: 10,
  },
  PromptVariableMap: { key: 'String', of: 'PromptVariableValues' },
  RequestMetadata: { key: 'RequestMetadataKeyString', of: 'RequestMetadataValueString', min: 1, max: 16 },
};

/** Scalars of the model; `document` is any JSON. */
export const scalars: Readonly<Record<string, ScalarShape>> = {
  ConversationRole: { type: 'string', values: ['user', 'assistant', 'system'] },
  String: { type: 'string' },
  ImageFormat: { type: 'string', values: ['png', 'jpeg', 'gif', 'webp'] },
  ImageSourceBytesBlob: { type: 'blob', min: 1 },
  S3Uri: { type: 'string', min: 1, max: 1024, pattern: 's3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?' },
  AccountId: { type: 'string', pattern: '[0-9]{12}' },
  DocumentFormat: {
    type: 'string',
    values: ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'],
  },
  DocumentBlockNameString: { type: 'string', min: 1, max: 200 },
  DocumentSourceBytesBlob: { type: 'blob', min: 1 },
  Boolean: { type: 'boolean' },
  VideoFormat: {
    type: 'string',
    values: ['mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'],
  },
  VideoSourceBytesBlob: { type: 'blob', min: 1 },
  AudioFormat: {
    type: 'string',
    values: [
      'mp3',
      'opus',
      'wav',
      'aac',
      'flac',
      'mp4',
      'ogg',
      'mkv',
      'mka',
      'x-aac',
      'm4a',
      'mpeg',
      'mpga',
      'pcm',
      'webm',
    ],
  },
  AudioSourceBytesBlob: { type: 'blob', min: 1 },
  ToolUseId: { type: 'string', min: 1, max: 64, pattern: '[a-zA-Z0-9_.:-]+' },
  ToolName: { type: 'string', min: 1, max: 64, pattern: '[a-zA-Z0-9_-]+' },
  Document: { type: 'document' },
  ToolUseType: { type: 'string', values: ['server_tool_use'] },
  ToolResultStatus: { type: 'string', values: ['success', 'error'] },
  GuardrailConverseContentQualifier: {
    type: 'string',
    values: ['grounding_source', 'query', 'guard_content'],
  },
  GuardrailConverseImageFormat: { type: 'string', values: ['png', 'jpeg'] },
  GuardrailConverseImageSourceBytesBlob: { type: 'blob', min: 1 },
  CachePointType: { type: 'string', values: ['default'] },
  CacheTTL: { type: 'string', values: ['5m', '1h'] },
  Blob: { type: 'blob' },
  DocumentCharLocationDocumentIndexInteger: { type: 'integer', min: 0 },
  DocumentCharLocationStartInteger: { type: 'integer', min: 0 },
  DocumentCharLocationEndInteger: { type: 'integer', min: 0 },
  DocumentPageLocationDocumentIndexInteger: { type: 'integer', min: 0 },
  DocumentPageLocationStartInteger: { type: 'integer', min: 0 },
  DocumentPageLocationEndInteger: { type: 'integer', min: 0 },
  DocumentChunkLocationDocumentIndexInteger: { type: 'integer', min: 0 },
  DocumentChunkLocationStartInteger: { type: 'integer', min: 0 },
  DocumentChunkLocationEndInteger: { type: 'integer', min: 0 },
  SearchResultLocationSearchResultIndexInteger: { type: 'integer', min: 0 },
  SearchResultLocationStartInteger: { type: 'integer', min: 0 },
  SearchResultLocationEndInteger: { type: 'integer', min: 0 },
  ToolReferenceTypeString: { type: 'string', min: 1, max: 64 },
  ToolReferenceNameString: { type: 'string', min: 1, max: 128 },
  ToolReferenceServerNameString: { type: 'string', min: 1, max: 128 },
  NonEmptyString: { type: 'string', min: 1 },
  InferenceConfigurationMaxTokensInteger: { type: 'integer', min: 1 },
  InferenceConfigurationTemperatureFloat: { type: 'float', min: 0, max: 1 },
  InferenceConfigurationTopPFloat: { type: 'float', min: 0, max: 1 },
  GuardrailIdentifier: {
    type: 'string',
    min: 0,
    max: 2048,
    pattern: '(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))',
  },
  GuardrailVersion: { type: 'string', pattern: '(|([1-9][0-9]{0,7})|(DRAFT))' },
  GuardrailTrace: { type: 'string', values: ['enabled', 'disabled', 'enabled_full'] },
  ConverseRequestAdditionalModelResponseFieldPathsListMemberString: { type: 'string', min: 1, max: 256 },
  RequestMetadataKeyString: { type: 'string', min: 1, max: 256, pattern: '[a-zA-Z0-9\\s:_@$#=/+,-.]{1,256}' },
  RequestMetadataValueString: {
    type: 'string',
    min: 0,
    max: 256,
    pattern: '[a-zA-Z0-9\\s:_@$#=/+,-.]{0,256}',
  },
  PerformanceConfigLatency: { type: 'string', values: ['standard', 'optimized'] },
  ServiceTierType: { type: 'string', values: ['priority', 'default', 'flex', 'reserved'] },
  OutputFormatType: { type: 'string', values: ['json_schema'] },
  OutputConfigEffortString: { type: 'string', min: 0, max: 16 },
  Body: { type: 'blob', min: 0, max: 25000000 },
};
