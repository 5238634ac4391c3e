import type { Effort, ModelCapabilityOverride, ModelFamily, ReasoningStyle } from '@aigw/api-types';

export type ToolChoiceMode = 'auto' | 'any' | 'tool';

/** What may be asked of one model through one backend schema. */
export interface ModelCapabilities {
  /** The model that it is judged as: its base id, or that of the model that configuration likens it to. */
  readonly id: string;
  readonly family: ModelFamily;
  readonly reasoning: ReasoningStyle;
  /** Efforts that the model takes, ascending; empty without reasoning. */
  readonly efforts: readonly Effort[];
  /** False: Claude's `thinking` field must not be sent. True also for Claude models of unknown version. */
  readonly acceptsThinking: boolean;
  /** True when `output_config.effort` may be sent. */
  readonly acceptsEffort: boolean;
  /** `native`: the API's own schema-constrained output; `synthetic`: a forced tool; `none`: neither. */
  readonly structuredOutput: 'native' | 'synthetic' | 'none';
  readonly toolChoice: readonly ToolChoiceMode[];
  /** True when tools may carry `strict`. */
  readonly strictTools: boolean;
  /** True when prompts can be cached at marked points. */
  readonly cachePoint: boolean;
  /** True when cache entries may live for `1h`. */
  readonly cacheTtl1h: boolean;
  /** What the model takes beside text, images and documents. */
  readonly media: readonly ('audio' | 'video')[];
  readonly sampling: SamplingLimits;
  /** Field for `top_k` among Bedrock's additional model request fields. */
  readonly topK: 'top_k' | 'inferenceConfig.topK' | 'none';
  /** `max_tokens` for clients that do not say. */
  readonly defaultMaxTokens: number;
  /** What configuration says of InvokeModel's betas and top-level fields, besides what is known. */
  readonly invokeModel: InvokeModelOverride;
}

export type InvokeModelOverride = Pick<
  ModelCapabilityOverride,
  'extraBetas' | 'refusedBetas' | 'extraBodyFields'
>;

export interface SamplingLimits {
  /** False: `temperature`, `top_p` and `top_k` are refused. */
  readonly accepted: boolean;
  /** False: only one of `temperature` and `top_p` may be sent. */
  readonly combined: boolean;
  readonly maxTemperature: number;
}

/** What the table says of a family or a version. */
export type CapabilityRow = Omit<ModelCapabilities, 'id' | 'family' | 'invokeModel'>;

/** For models that nobody knows: ask for nothing special. */
const unknownModel: CapabilityRow = {
  reasoning: 'none',
  efforts: [],
  acceptsThinking: false,
  acceptsEffort: false,
  structuredOutput: 'synthetic',
  toolChoice: ['auto'],
  strictTools: false,
  cachePoint: false,
  cacheTtl1h: false,
  media: [],
  sampling: { accepted: true, combined: true, maxTemperature: 1 },
  topK: 'none',
  defaultMaxTokens: 4096,
};

/**
 * Families without versions of their own. `when` tests the base model id; every row that applies overrides the rows above it.
 *
 * Sources: tool choice and tool support — Amazon Bedrock user guide, "Supported models and model features" and ToolChoice
 * in the API reference; caching — "Prompt caching for faster model inference"; reasoning fields — each provider's
 * "inference parameters" page; Nova's top_k — "Nova: using the Converse API", additionalModelRequestFields; audio and video —
 * "Supported foundation models", input modalities.
 */
export const familyRows: Readonly<
  Record<Exclude<ModelFamily, 'claude'>, readonly { when?: RegExp; row: Partial<CapabilityRow> }[]>
> = {
  nova: [
    { row: { toolChoice: ['auto', 'any', 'tool'], cachePoint: true, topK: 'inferenceConfig.topK' } },
    { when: /^amazon\.nova-(?:lite|pro|premier|2-)/, row: { media: ['video'] } },
    { when: /^amazon\.nova-2-omni/, row: { media: ['audio', 'video'] } },
    {
      when: /^amazon\.nova-2-/,
      row: { reasoning: 'nova-reasoning-config', efforts: ['low', 'medium', 'high'] },
    },
  ],
  llama: [],
  mistral: [
    { row: { toolChoice: ['auto', 'any'] } },
    { when: /^mistral\.voxtral-/, row: { media: ['audio'] } },
  ],
  deepseek: [
    { when: /^deepseek\.v3/, row: { reasoning: 'reasoning-effort', efforts: ['low', 'medium', 'high'] } },
  ],
  'gpt-oss': [{ row: { reasoning: 'reasoning-effort', efforts: ['low', 'medium', 'high'] } }],
  cohere: [],
  titan: [{ row: { structuredOutput: 'none', toolChoice: [] } }],
  glm: [{ row: { reasoning: 'reasoning-config', efforts: ['low', 'medium', 'high'] } }],
  other: [
    {
      when: /^openai\.gpt-[5-9]/,
      row: { reasoning: 'reasoning-object', efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'] },
    },
  ],
};

/** A Claude row applies to versions from `since` on; with `tiers`, only to those. Later rows override earlier ones. */
export interface ClaudeRow {
  readonly since: readonly [major: number, minor: number];
  readonly until?: readonly [major: number, minor: number];
  readonly tiers?: readonly string[];
  /** Backend schemas that the row is about; absent: all. */
  readonly onBedrock?: true;
  readonly row: Partial<CapabilityRow>;
}

/**
 * A Claude model whose version is not known (an opaque ARN, a name of the future): the client's `thinking` is passed on,
 * because dropping it would change the answer, but none is invented from `reasoning_effort`.
 */
export const unknownClaude: CapabilityRow = {
  ...unknownModel,
  acceptsThinking: true,
  acceptsEffort: true,
  toolChoice: ['auto', 'any', 'tool'],
  cachePoint: true,
  topK: 'top_k',
};

/**
 * Claude by version.
 *
 * Sources (docs.anthropic.com/en/docs): extended and adaptive thinking — build-with-claude/extended-thinking,
 * adaptive-thinking, effort; structured outputs — build-with-claude/structured-outputs; sampling — about-claude/models and
 * the migration notes of 4.1 and 4.7; caching — build-with-claude/prompt-caching and, for Bedrock, "Prompt caching for
 * faster model inference" in the Bedrock user guide. On Bedrock, native structured output is used only where it is reliable.
 */
export const claudeRows: readonly ClaudeRow[] = [
  {
    since: [0, 0],
    row: {
      ...unknownClaude,
      acceptsThinking: false,
      acceptsEffort: false,
      cachePoint: false,
      cacheTtl1h: true,
    },
  },
  { since: [0, 0], onBedrock: true, row: { cacheTtl1h: false } },
  { since: [0, 0], until: [2, 9], row: { toolChoice: [], structuredOutput: 'none' } },
  { since: [3, 5], row: { cachePoint: true } },
  {
    since: [3, 7],
    row: {
      acceptsThinking: true,
      reasoning: 'thinking-budget',
      efforts: ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    },
  },
  { since: [4, 1], row: { sampling: { accepted: true, combined: false, maxTemperature: 1 } } },
  { since: [4, 5], row: { structuredOutput: 'native', strictTools: true, cacheTtl1h: true } },
  { since: [4, 5], until: [4, 5], tiers: ['haiku'], onBedrock: true, row: { structuredOutput: 'synthetic' } },
  { since: [4, 5], until: [4, 5], tiers: ['opus'], row: { acceptsEffort: true } },
  {
    since: [4, 6],
    row: { acceptsEffort: true, reasoning: 'thinking-adaptive', efforts: ['low', 'medium', 'high', 'max'] },
  },
  {
    since: [4, 6],
    until: [4, 6],
    tiers: ['sonnet'],
    onBedrock: true,
    row: { structuredOutput: 'synthetic' },
  },
  {
    since: [4, 7],
    row: {
      efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
      sampling: { accepted: false, combined: false, maxTemperature: 1 },
    },
  },
  { since: [4, 7], onBedrock: true, row: { strictTools: false, structuredOutput: 'synthetic' } },
];

/** The row that every family starts from. */
export const defaultRow: CapabilityRow = unknownModel;
