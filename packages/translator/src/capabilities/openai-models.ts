import type { Effort } from '@aigw/api-types';
import type { UpstreamTarget } from '../translator.ts';
import { configuredFor, familyHint } from './configured.ts';

/**
 * Names of models that take `reasoning_effort`, behind an optional `vendor/`. Others refuse a request that has it.
 *
 * Sources: platform.openai.com/docs/guides/reasoning and /docs/models; the gpt-oss model card.
 */
const reasoningModels: readonly RegExp[] = [/^o[1-9](?![a-z0-9])/, /^gpt-(?:[5-9]|oss)/, /^codex-/];

/** Models of these that do not reason after all. */
const plainModels: readonly RegExp[] = [/^gpt-[5-9][\w.]*-chat/, /^o1-(?:mini|preview)/];

/** What may be asked of a model on a server of OpenAI's API. */
export interface OpenAiCapabilities {
  /** Values of `reasoning_effort`, ascending; empty for models that refuse the field. */
  readonly efforts: readonly Effort[];
  /** The field that limits the answer, where configuration says which; OpenAI's own servers take the newer. */
  readonly maxTokensField: 'max_completion_tokens' | 'max_tokens' | undefined;
}

/** All reasoning models take these. */
const commonEfforts: readonly Effort[] = ['low', 'medium', 'high'];

/** By what configuration says of the model, else by the backend's hint, else by the model's name. */
export function openAiCapabilitiesOf(
  target: Pick<UpstreamTarget, 'modelCapabilities' | 'modelFamily'>,
  model: string,
): OpenAiCapabilities {
  const { sameAs, reasoning, efforts, maxTokensField } = configuredFor(target, model) ?? {};
  const hint = familyHint(target, model);
  const isReasoning =
    reasoning === undefined
      ? hint === undefined
        ? isReasoningModel(sameAs ?? model)
        : hint === 'gpt-oss'
      : reasoning !== 'none';
  return { efforts: isReasoning ? (efforts ?? commonEfforts) : [], maxTokensField };
}

function isReasoningModel(model: string): boolean {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return matches(reasoningModels, name) && !matches(plainModels, name);
}

function matches(patterns: readonly RegExp[], name: string): boolean {
  return patterns.some((pattern) => pattern.test(name));
}
