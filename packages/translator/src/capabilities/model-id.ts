import type { ModelFamily } from '@aigw/api-types';

/**
 * Geographies of cross-region inference profiles, in front of a model id.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
const geographies = [
  'us-gov',
  'us',
  'eu',
  'apac',
  'global',
  'jp',
  'au',
  'ca',
  'sa',
  'me',
  'af',
  'il',
  'mx',
  'in',
  'uk',
];
const geography = new RegExp(`^(?:${geographies.join('|')})\\.(?=[a-z0-9-]+\\.)`);

/** ARNs that spell the model out. The other kinds (application profiles, provisioned, imported, custom) hide it. */
const speakingArn = /^arn:[^:]*:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile)\/(.+)$/;

/** True for an ARN of any kind. */
export function isArn(model: string): boolean {
  return model.startsWith('arn:');
}

/**
 * The model id without geography, taken out of the ARN where the ARN says it.
 * An ARN that hides its model comes back as it is.
 */
export function baseModelId(model: string): string {
  const id = speakingArn.exec(model)?.[1] ?? model;
  return id.replace(geography, '');
}

/** What ids of each family begin with, after the geography; in order, because providers share names. */
const familyPatterns: readonly (readonly [RegExp, ModelFamily])[] = [
  [/^(?:anthropic\.)?claude(?![a-z])/, 'claude'],
  [/^amazon\.nova-/, 'nova'],
  [/^amazon\.titan-/, 'titan'],
  [/^meta\.llama/, 'llama'],
  [/^mistral\./, 'mistral'],
  [/^deepseek\./, 'deepseek'],
  [/^openai\.gpt-oss-/, 'gpt-oss'],
  [/^cohere\./, 'cohere'],
  [/^zai\.glm/, 'glm'],
];

/** The family that a model id names by itself; undefined when it does not. */
export function familyOfId(baseId: string): ModelFamily | undefined {
  return familyPatterns.find(([pattern]) => pattern.test(baseId))?.[1];
}

/** A Claude model's place in the line: `claude-3-5-sonnet-…` is sonnet 3.5. */
export interface ClaudeVersion {
  /** `opus`, `sonnet`, `haiku`, a later tier, or empty where the id has none. */
  readonly tier: string;
  readonly major: number;
  readonly minor: number;
}

const tierFirst = /^claude-([a-z]+)-v?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/;
const versionFirst = /^claude-v?(\d{1,2})(?:[-.](\d{1,2}))?(?:-([a-z]+))?(?!\d)/;

/** The version in a Claude id, old (`claude-3-opus-…`) and new (`claude-opus-4-6`) style; undefined when it has none. */
export function claudeVersion(baseId: string): ClaudeVersion | undefined {
  const name = baseId.replace(/^anthropic\./, '');
  const newer = tierFirst.exec(name);
  if (newer) return { tier: newer[1] ?? '', major: Number(newer[2]), minor: Number(newer[3] ?? 0) };
  const older = versionFirst.exec(name);
  if (older) return { tier: older[3] ?? '', major: Number(older[1]), minor: Number(older[2] ?? 0) };
  return undefined;
}
