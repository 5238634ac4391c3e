import { sha256Hex } from '@aigw/service-runtime';
import { createExpressionCheck } from '@aigw/cost-expression';
import { planStandalone, type StandaloneOptions, type StandalonePlan } from '@aigw/planner';

import type { LoadedResources, ResourceEntry } from '../resources/load-resources.ts';
import { isError, type Problem, sortProblems } from '../resources/problems.ts';
import type { PortTable } from './ports.ts';

/** What is wrong with a plan that has nothing to bind. */
export const noListener = 'the configuration has no listener to serve requests on';

const checkCel = createExpressionCheck();

/** A plan, unless something is wrong; and everything that is wrong or worth knowing. */
export interface PlanResult {
  plan?: StandalonePlan;
  problems: Problem[];
}

/** What a plan depends on beside what is the same everywhere. */
export type MachineOptions = Omit<StandaloneOptions, 'bindPort' | 'checkCel' | 'sha256Hex'>;

/** Plans what was loaded. `plan` is there when no problem is an error. */
export async function planGateway(
  loaded: LoadedResources,
  options: MachineOptions,
  ports: PortTable,
): Promise<PlanResult> {
  await ports.prepare(loaded.entries.flatMap(listenerPorts));
  const plan = planStandalone(loaded.entries, {
    ...options,
    checkCel,
    sha256Hex,
    bindPort: (requested) => ports.bindPort(requested),
  });
  const own = plan.problems.filter((problem) => !isConsequence(problem, loaded.invalid));
  const planned = own.map((problem): Problem => {
    const line = problem.source && loaded.locate(problem.source, problem.path ?? '');
    return { ...problem, ...(line !== undefined && { line }) };
  });
  const problems = sortProblems([...loaded.problems, ...planned]);
  return problems.some(isError) ? { problems } : { plan, problems };
}

/**
 * Whether a problem may only be there because a resource is missing from the plan: one that is invalid, and has been
 * reported for that. Without it, nothing that the plan warns about is certain.
 */
function isConsequence(
  { severity, message }: Pick<Problem, 'severity' | 'message'>,
  invalid: readonly string[],
): boolean {
  if (invalid.length > 0 && severity === 'warning') return true;
  const missing = /^(\S+) (\S+) does not exist/.exec(message);
  if (missing === null) return false;
  const [, kind = '', key = ''] = missing;
  return invalid.some((known) => [`${kind} ${key}`, kind, key, ''].includes(known));
}

function listenerPorts({ resource }: ResourceEntry): number[] {
  return resource.kind === 'Gateway' ? resource.spec.listeners.map(({ port }) => port) : [];
}
