import { type CheckCel, globalCosts } from '../resolve/costs.ts';
import { resolveForwardProxy } from '../resolve/forward-proxy.ts';
import { createProblemLog, describeResource } from '../resolve/problem-log.ts';
import type { Located } from '../resolve/resource-set.ts';
import { type PlannedCondition, planConditions } from './conditions.ts';

/** The conditions of a GatewayConfig; `programmed` says whether a Gateway uses it. */
export function planGatewayConfigConditions(
  { checkCel }: { readonly checkCel: CheckCel },
  config: Located<'GatewayConfig'>,
  programmed: PlannedCondition,
): PlannedCondition[] {
  const log = createProblemLog();
  globalCosts({ log, checkCel }, config);
  resolveForwardProxy(log, config);
  return planConditions(describeResource(config), log.problems, programmed);
}
