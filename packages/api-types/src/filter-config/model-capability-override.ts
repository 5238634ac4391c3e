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

/** What some models of a backend can do, where what the gateway knows of them is nothing, or wrong. */
export const ModelCapabilityOverride = fields({
  /** The model as it is named upstream, with or without its geography; a `*` at the end stands for any text. */
  match: pattern,
  /** A model id: what is known of that model holds for this one. */
  sameAs: name.exactOptional(),
  family: z.enum(modelFamilies).exactOptional(),
  reasoning: z.enum(reasoningStyles).exactOptional(),
  efforts: z.array(z.enum(efforts)).max(efforts.length).exactOptional(),
  acceptsThinking: z.boolean().exactOptional(),
  acceptsEffort: z.boolean().exactOptional(),
  structuredOutput: z.enum(['native', 'synthetic', 'none']).exactOptional(),
  toolChoice: z
    .array(z.enum(['auto', 'any', 'tool']))
    .max(3)
    .exactOptional(),
  strictTools: z.boolean().exactOptional(),
  cachePoint: z.boolean().exactOptional(),
  cacheTtl1h: z.boolean().exactOptional(),
  sampling: fields({
    accepted: z.boolean().exactOptional(),
    combined: z.boolean().exactOptional(),
    maxTemperature: z.number().min(0).exactOptional(),
  }).exactOptional(),
  topK: z.enum(['top_k', 'inferenceConfig.topK', 'none']).exactOptional(),
  defaultMaxTokens: z.int().min(1).exactOptional(),
  maxTokensField: z.enum(['max_completion_tokens', 'max_tokens']).exactOptional(),
  /** Betas that InvokeModel takes besides the known ones, and known ones that it refuses. */
  extraBetas: names.exactOptional(),
  refusedBetas: names.exactOptional(),
  /** Top-level fields that InvokeModel takes besides the known ones. */
  extraBodyFields: names.exactOptional(),
});
export type ModelCapabilityOverride = z.infer<typeof ModelCapabilityOverride>;

/** The first entry that matches a model counts. */
export const ModelCapabilityOverrides = mapList(ModelCapabilityOverride, 'match', 64);
