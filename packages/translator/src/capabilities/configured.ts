import type { Effort, ModelCapabilityOverride, ModelFamily, ReasoningStyle } from '@aigw/api-types';
import type { UpstreamTarget } from '../translator.ts';
import type { CapabilityRow } from './model-capabilities.ts';
import { baseModelId } from './model-id.ts';

/** What configuration says of `model`, the name that is sent upstream: the first entry that matches it. */
export function configuredFor(
  { modelCapabilities }: Pick<UpstreamTarget, 'modelCapabilities'>,
  model: string,
): ModelCapabilityOverride | undefined {
  return modelCapabilities?.find(({ match }) => matches(match, model) || matches(match, baseModelId(model)));
}

/** The base id that `model` is judged by: its own, or that of the model which configuration says it is. */
export function judgedId(target: Pick<UpstreamTarget, 'modelCapabilities'>, model: string): string {
  return baseModelId(configuredFor(target, model)?.sameAs ?? model);
}

/** The family that configuration gives the model; a model that it likens to another has that one's. */
export function familyHint(
  target: Pick<UpstreamTarget, 'modelCapabilities' | 'modelFamily'>,
  model: string,
): ModelFamily | undefined {
  const { family, sameAs } = configuredFor(target, model) ?? {};
  return family ?? (sameAs === undefined ? target.modelFamily : undefined);
}

function matches(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern;
}

/** Efforts of a style, where configuration names the style alone. */
const effortsOfStyle: Readonly<Record<ReasoningStyle, readonly Effort[]>> = {
  'thinking-adaptive': ['low', 'medium', 'high', 'max'],
  'thinking-budget': ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  'nova-reasoning-config': ['low', 'medium', 'high'],
  'reasoning-effort': ['low', 'medium', 'high'],
  'reasoning-object': ['minimal', 'low', 'medium', 'high', 'xhigh'],
  'reasoning-config': ['low', 'medium', 'high'],
  none: [],
};

/** What follows from a style of reasoning by itself. */
function impliedBy(reasoning: ReasoningStyle): Partial<CapabilityRow> {
  return {
    reasoning,
    efforts: effortsOfStyle[reasoning],
    acceptsThinking: reasoning.startsWith('thinking-'),
    acceptsEffort: reasoning === 'thinking-adaptive',
  };
}

/** The table's row with what configuration says instead. */
export function withConfigured(
  row: CapabilityRow,
  configured: ModelCapabilityOverride | undefined,
): CapabilityRow {
  if (!configured) return row;
  const { reasoning, sampling, ...others } = configured;
  const known = Object.entries(others).filter(([name]) => Object.hasOwn(row, name));
  return {
    ...row,
    ...(reasoning !== undefined && impliedBy(reasoning)),
    ...Object.fromEntries(known),
    sampling: { ...row.sampling, ...sampling },
  };
}
