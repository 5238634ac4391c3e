import { efforts, type Effort, type ModelFamily } from '@aigw/api-types';
import type { UpstreamTarget } from '../translator.ts';
import { configuredFor, familyHint, judgedId, withConfigured } from './configured.ts';
import { claudeVersion, familyOfId, isArn, type ClaudeVersion } from './model-id.ts';
import {
  claudeRows,
  defaultRow,
  familyRows,
  unknownClaude,
  type CapabilityRow,
  type ClaudeRow,
  type ModelCapabilities,
} from './model-capabilities.ts';

/** What a lookup needs of a backend. */
export type CapabilityTarget = Pick<UpstreamTarget, 'modelCapabilities' | 'modelFamily' | 'schema'>;

/**
 * What may be asked of `model` (the name that is sent upstream: id, inference profile or ARN).
 * The family is what configuration says of the model, else of the backend, else what the id or the ARN says; on an
 * Anthropic schema the rest is Claude. What configuration says of the model wins over the table.
 */
export function capabilitiesOf(target: CapabilityTarget, model: string): ModelCapabilities {
  const configured = configuredFor(target, model);
  const id = judgedId(target, model);
  const family = familyOf(target, model);
  const row = family === 'claude' ? claudeRow(target, id) : familyRow(family, id);
  return { id, family, invokeModel: configured ?? {}, ...withConfigured(row, configured) };
}

/** True when `model` is a Claude model, so that it takes Anthropic's own request body. */
export function isClaude(target: CapabilityTarget, model: string): boolean {
  return familyOf(target, model) === 'claude';
}

function familyOf(target: CapabilityTarget, model: string): ModelFamily {
  const hint = familyHint(target, model);
  if (hint) return hint;
  const id = judgedId(target, model);
  const named = isArn(id) ? undefined : familyOfId(id);
  return named ?? (speaksAnthropic(target) ? 'claude' : 'other');
}

function speaksAnthropic(target: CapabilityTarget): boolean {
  return target.schema.name === 'Anthropic' || target.schema.name === 'AWSAnthropic';
}

function familyRow(family: Exclude<ModelFamily, 'claude'>, id: string): CapabilityRow {
  const applicable = familyRows[family].filter(({ when }) => when === undefined || when.test(id));
  return applicable.reduce<CapabilityRow>((row, next) => ({ ...row, ...next.row }), defaultRow);
}

function claudeRow(target: CapabilityTarget, id: string): CapabilityRow {
  const version = claudeVersion(id);
  const isBedrock = target.schema.name !== 'Anthropic';
  if (!version) return { ...unknownClaude, cacheTtl1h: !isBedrock };
  const applicable = claudeRows.filter(
    (row) => isInRange(version, row) && (row.onBedrock === undefined || isBedrock),
  );
  return applicable.reduce<CapabilityRow>((row, next) => ({ ...row, ...next.row }), unknownClaude);
}

/** Whether a row of versions and tiers covers `version`. */
export function isInRange(
  version: ClaudeVersion,
  row: Pick<ClaudeRow, 'since' | 'until' | 'tiers'>,
): boolean {
  if (row.tiers && !row.tiers.includes(version.tier)) return false;
  const rank = rankOf(version.major, version.minor);
  return rank >= rankOf(...row.since) && (row.until === undefined || rank <= rankOf(...row.until));
}

function rankOf(major: number, minor: number): number {
  return major * 100 + minor;
}

/**
 * The effort to ask a model for: the highest that it takes and that is not above `wanted`, else its lowest.
 * Undefined when the model takes none, or `wanted` is no effort at all.
 */
export function mapEffort(supported: readonly Effort[], wanted: string): Effort | undefined {
  const wish = efforts.findIndex((effort) => effort === wanted);
  if (wish < 0) return undefined;
  return supported.findLast((effort) => efforts.indexOf(effort) <= wish) ?? supported[0];
}

/** Thinking budgets, in tokens, that stand for efforts on models that take budgets. */
const thinkingBudgets: Readonly<Record<Effort, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
};

/** Least budget that Claude takes. @see https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking */
export const minThinkingBudget = 1024;

/** `budget_tokens` for an effort. */
export function thinkingBudget(effort: Effort): number {
  return thinkingBudgets[effort];
}
