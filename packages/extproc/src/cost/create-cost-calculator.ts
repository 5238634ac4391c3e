import type { LlmRequestCost } from '@aigw/api-types';
import { compileCel } from '@aigw/cost-expression';
import type { TokenUsage } from '@aigw/translator';
import type { CostCalculator, CostLabels } from './cost-calculator.ts';

/** The two lists of a filter config. */
export interface CostConfig {
  readonly globalLLMRequestCosts: readonly LlmRequestCost[];
  readonly llmRequestCosts: readonly LlmRequestCost[];
}

export interface CostCalculatorOptions {
  /** A cost of this key could not be computed and is left out; called once per key. */
  readonly onError: (metadataKey: string, error: unknown) => void;
}

/** A cost expression that cannot be used. */
export interface CostIssue {
  readonly path: string;
  readonly message: string;
}

interface CompiledCost {
  readonly metadataKey: string;
  readonly config: LlmRequestCost;
  readonly evaluate: (usage: TokenUsage, labels: CostLabels) => number;
}

const maxKnownLabels = 1000;

/**
 * Compiles the costs of a configuration. Costs of the request's route come first, global ones fill the keys that are left;
 * within each list the first that matches wins.
 * @returns the calculator, and the expressions that do not compile (their costs are left out).
 */
export function createCostCalculator(
  config: CostConfig,
  { onError }: CostCalculatorOptions,
): { readonly calculator: CostCalculator; readonly issues: readonly CostIssue[] } {
  const issues: CostIssue[] = [];
  const costs = [
    ...compileList('llmRequestCosts', config.llmRequestCosts, issues),
    ...compileList('globalLLMRequestCosts', config.globalLLMRequestCosts, issues),
  ];
  const select = createSelector(costs);
  const failed = new Set<string>();
  const report = (key: string, error: unknown): void => {
    if (failed.has(key)) return;
    failed.add(key);
    onError(key, error);
  };
  const metadata = (usage: TokenUsage, labels: CostLabels): Record<string, number> => {
    const result: Record<string, number> = {};
    for (const { metadataKey, evaluate } of select(labels)) {
      try {
        result[metadataKey] = evaluate(usage, labels);
      } catch (error) {
        report(metadataKey, error);
      }
    }
    return result;
  };
  return { calculator: { metadata }, issues };
}

/** Which costs apply to whom depends on few distinct labels; the answers are kept, up to a bound. */
function createSelector(costs: readonly CompiledCost[]): (labels: CostLabels) => readonly CompiledCost[] {
  const known = new Map<string, readonly CompiledCost[]>();
  return (labels) => {
    const key = `${labels.routeName}\u0000${labels.backend}\u0000${labels.model}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const byKey = new Map<string, CompiledCost>();
    for (const cost of costs) {
      if (!byKey.has(cost.metadataKey) && isFor(cost.config, labels)) byKey.set(cost.metadataKey, cost);
    }
    if (known.size >= maxKnownLabels) known.clear();
    const selected = [...byKey.values()];
    known.set(key, selected);
    return selected;
  };
}

function isFor({ routeName, backend, model }: LlmRequestCost, labels: CostLabels): boolean {
  if (routeName !== undefined && routeName !== '' && routeName !== labels.routeName) return false;
  if (model !== undefined && model !== '' && model !== labels.model) return false;
  return (
    backend === undefined ||
    backend === '' ||
    backend === labels.backend ||
    backend === serviceName(labels.backend)
  );
}

function compileList(list: string, costs: readonly LlmRequestCost[], issues: CostIssue[]): CompiledCost[] {
  return costs.flatMap((config, index) => {
    try {
      return [{ metadataKey: config.metadataKey, config, evaluate: compile(config) }];
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'is not valid';
      issues.push({ path: `${list}[${index}].cel`, message: reason });
      return [];
    }
  });
}

function compile({ type, cel }: LlmRequestCost): CompiledCost['evaluate'] {
  switch (type) {
    case 'InputToken':
      return (usage) => usage.inputTokens ?? 0;
    case 'OutputToken':
      return (usage) => usage.outputTokens ?? 0;
    case 'CachedInputToken':
      return (usage) => usage.cachedInputTokens ?? 0;
    case 'CacheCreationInputToken':
      return (usage) => usage.cacheCreationInputTokens ?? 0;
    case 'ReasoningToken':
      return (usage) => usage.reasoningTokens ?? 0;
    case 'TotalToken':
      return totalTokens;
    case 'CEL':
      return compileExpression(cel ?? '');
  }
}

function compileExpression(text: string): CompiledCost['evaluate'] {
  if (text === '') throw new Error('an expression is required for the type CEL');
  const expression = compileCel(text);
  return (usage, { model, backend, routeName }) =>
    expression({
      model,
      backend,
      route_name: routeName,
      input_tokens: usage.inputTokens ?? 0,
      cached_input_tokens: usage.cachedInputTokens ?? 0,
      cache_creation_input_tokens: usage.cacheCreationInputTokens ?? 0,
      output_tokens: usage.outputTokens ?? 0,
      total_tokens: totalTokens(usage),
      reasoning_tokens: usage.reasoningTokens ?? 0,
    });
}

function totalTokens(usage: TokenUsage): number {
  return usage.totalTokens ?? (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}

/** `ns/name` of `ns/name/route/r/rule/0/ref/0`; other names stand as they are. */
function serviceName(backend: string): string {
  return /^([^/]+\/[^/]+)\/route\//.exec(backend)?.[1] ?? backend;
}
