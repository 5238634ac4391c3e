import type { LLMRequestCost } from '@aigw/api-types';
import type { ProblemLog } from './problem-log.ts';
import type { Located } from './resource-set.ts';

/** Says why a cost expression cannot be used; `undefined` for one that can. */
export type CheckCel = (expression: string) => string | undefined;

export interface CostSources {
  readonly log: ProblemLog;
  readonly checkCel: CheckCel;
}

function resolve(
  { log, checkCel }: CostSources,
  at: Located<'AIGatewayRoute' | 'GatewayConfig'>,
  path: string,
  costs: readonly LLMRequestCost[] = [],
): LLMRequestCost[] {
  return costs.filter(({ metadataKey, type, cel }, index) => {
    const problem = type === 'CEL' ? checkCel(cel ?? '') : undefined;
    if (problem === undefined) return true;
    log.error(
      at,
      `${path}[${index}].cel`,
      `the cost ${JSON.stringify(metadataKey)} is not counted: ${problem}`,
    );
    return false;
  });
}

/** The costs of a route that can be computed; what is wrong with the others is reported. */
export function routeCosts(sources: CostSources, route: Located<'AIGatewayRoute'>): LLMRequestCost[] {
  return resolve(sources, route, 'spec.llmRequestCosts', route.resource.spec.llmRequestCosts);
}

/** The same for the costs of all routes of a Gateway. */
export function globalCosts(sources: CostSources, config: Located<'GatewayConfig'>): LLMRequestCost[] {
  return resolve(sources, config, 'spec.globalLLMRequestCosts', config.resource.spec.globalLLMRequestCosts);
}
