import { z } from 'zod';
import { fields, mapList } from '../schema-kit.ts';
import { modelFamilies } from './filter-config.ts';

const name = z.string().min(1, 'must not be empty').max(2048);

const names = z.array(name).max(64);

const pattern = name.regex(/^[^*]*\*?$/, 'a * may only stand at the end');

/** How a model is asked to reason, named after the field that carries it. */
export const reasoningStyles = [
  /** `thinking: {type: "adaptive"}` and `output_config: {effort}` (Claude 4.6 and later). */
  'thinking-adaptive',
  /** `thinking: {type: "enabled", budget_tokens}` (Claude 3.7 to 4.5). */
  'thinking-budget',
  /** `reasoningConfig: {type: "enabled", maxReasoningEffort}` (Nova 2). */
  'nova-reasoning-config',
  /** `reasoning_effort: "…"` (gpt-oss, DeepSeek V3, OpenAI's chat completions). */
  'reasoning-effort',
  /** `reasoning: {effort}` (OpenAI's GPT-5 and later). */
  'reasoning-object',
  /** `reasoning_config: "…"` (GLM). */
  'reasoning-config',
  /** It cannot, or nobody knows how. */
  'none',
] as const;
export type ReasoningStyle = (typeof reasoningStyles)[number];

/** Efforts from least to most. */
export const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

const Sampling = fields({
  accepted: z.boolean().exactOptional().describe('Whether `temperature`, `top_p` and `top_k` may be sent.'),
  combined: z.boolean().exactOptional().describe('Whether `temperature` and `top_p` may be sent together.'),
  maxTemperature: z
    .number()
    .min(0)
    .exactOptional()
    .describe('The highest `temperature` that it takes; a higher one becomes this.'),
}).meta({ title: 'ModelSampling' });

/** What some models of a backend can do, where what the gateway knows of them is nothing, or wrong. */
export const ModelCapabilityOverride = fields({
  match: pattern.describe(
    'The model as it is named at the backend, with or without its geography (`us.`). A `*` at the end stands for any text.',
  ),
  sameAs: name
    .exactOptional()
    .describe(
      'Id of a model that is known: what is known of it holds for this one. The other fields come before it.',
    ),
  family: z.enum(modelFamilies).exactOptional().describe('The family of the model.'),
  reasoning: z
    .enum(reasoningStyles)
    .exactOptional()
    .describe(
      'The field by which it is asked to reason: `thinking-adaptive` (`thinking` and `output_config.effort`, Claude 4.6 and later), ' +
        '`thinking-budget` (`thinking.budget_tokens`, Claude 3.7 to 4.5), `nova-reasoning-config` (Nova 2), `reasoning-effort` ' +
        '(gpt-oss, DeepSeek, chat completions), `reasoning-object` (GPT-5 and later), `reasoning-config` (GLM), or `none`. ' +
        '`efforts`, `acceptsThinking` and `acceptsEffort` follow from it if not given.',
    ),
  efforts: z
    .array(z.enum(efforts))
    .max(efforts.length)
    .exactOptional()
    .describe('The efforts that it takes, least first. Others become the nearest of them.'),
  acceptsThinking: z.boolean().exactOptional().describe("Whether Claude's `thinking` may be sent."),
  acceptsEffort: z.boolean().exactOptional().describe('Whether `output_config.effort` may be sent.'),
  structuredOutput: z
    .enum(['native', 'synthetic', 'none'])
    .exactOptional()
    .describe(
      'How it answers by a JSON schema: by a field of its own, by a tool that it must call, or not at all.',
    ),
  toolChoice: z
    .array(z.enum(['auto', 'any', 'tool']))
    .max(3)
    .exactOptional()
    .describe('The choices of tools that it takes.'),
  strictTools: z.boolean().exactOptional().describe('Whether tools may be `strict`.'),
  cachePoint: z.boolean().exactOptional().describe('Whether prompts may be cached at marked points.'),
  cacheTtl1h: z.boolean().exactOptional().describe('Whether cache entries may live for an hour.'),
  sampling: Sampling.exactOptional().describe('What it takes of the fields for sampling.'),
  topK: z
    .enum(['top_k', 'inferenceConfig.topK', 'none'])
    .exactOptional()
    .describe('The field for `top_k`, or `none`.'),
  defaultMaxTokens: z
    .int()
    .min(1)
    .exactOptional()
    .describe('Tokens of an answer, for clients that give no limit where the backend needs one.'),
  maxTokensField: z
    .enum(['max_completion_tokens', 'max_tokens'])
    .exactOptional()
    .describe(
      '`OpenAI` only: the field for the limit of tokens. Without it chat completions go out as they came, and requests of other APIs have ' +
        '`max_completion_tokens`.',
    ),
  extraBetas: names
    .exactOptional()
    .describe('Betas that InvokeModel takes, besides those that are known for the model.'),
  refusedBetas: names
    .exactOptional()
    .describe('Betas that InvokeModel refuses, although they are known for the model.'),
  extraBodyFields: names
    .exactOptional()
    .describe('Top-level fields that InvokeModel takes, besides those that are known.'),
}).meta({ title: 'ModelCapabilityOverride' });
export type ModelCapabilityOverride = z.infer<typeof ModelCapabilityOverride>;

/** The first entry that matches a model counts. */
export const ModelCapabilityOverrides = mapList(ModelCapabilityOverride, 'match', 64);
