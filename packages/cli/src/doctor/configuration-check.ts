import type { StandalonePlan } from '@aigw/planner';

import type { CommandContext } from '../command.ts';
import { CliError } from '../errors.ts';
import type { LoadedResources } from '../resources/load-resources.ts';
import { formatProblem, isError, type Problem } from '../resources/problems.ts';
import { createConfigurationSource } from '../standalone/configuration.ts';
import type { RunningMock } from '../standalone/mock.ts';
import { nominalPaths } from '../standalone/nominal-paths.ts';
import { noListener, planGateway } from '../standalone/plan-gateway.ts';
import { createPortTable } from '../standalone/ports.ts';
import type { RunOptions } from '../standalone/run-options.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

/** What the resources are like; and what would be run, when they are valid. */
export interface CheckedConfiguration {
  readonly findings: readonly Finding[];
  readonly plan?: StandalonePlan;
}

const checked = { check: 'resources' } as const;
const next = 'then run aigw doctor again: the rest is checked once the resources are valid';

/** Reads, checks and plans the resources as `aigw run` does. */
export async function checkConfiguration(
  options: RunOptions,
  context: Pick<CommandContext, 'env' | 'readStdin'>,
  mock: RunningMock | undefined,
): Promise<CheckedConfiguration> {
  const loaded = await load(options, context);
  if ('status' in loaded) return { findings: [loaded] };
  const { host, port } = options;
  const standalone = {
    host,
    ...nominalPaths,
    ...(port !== undefined && port !== 0 && { port }),
    ...(mock && { mock: mock.options }),
  };
  const ports = createPortTable(host, () => undefined);
  const { plan, problems } = await planGateway(loaded, standalone, ports);
  const findings = problems.map(describeProblem);
  if (plan === undefined) return { findings };
  if (plan.listeners.length === 0) return { findings: [...findings, nothingToServe] };
  const where = options.paths.length === 0 ? 'the environment' : options.paths.join(', ');
  const counts = `${loaded.entries.length} resources from ${where}, ${plan.models.length} models`;
  return { findings: [ok(checked, counts), ...findings], plan };
}

const nothingToServe = fail(checked, {
  message: noListener,
  fix: 'add an AIGatewayRoute whose parentRefs name a Gateway with an HTTP listener; examples/basic has them',
});

async function load(
  options: RunOptions,
  context: Pick<CommandContext, 'env' | 'readStdin'>,
): Promise<LoadedResources | Finding> {
  try {
    return await createConfigurationSource(options, context)();
  } catch (thrown) {
    if (!CliError.is(thrown)) throw thrown;
    return fail(checked, { message: thrown.message, fix: `set what is named above; ${next}` });
  }
}

function describeProblem(problem: Problem): Finding {
  const { source, line } = problem;
  const message = formatProblem(problem).replace(/^(error|warning): */, '');
  const place =
    source === undefined ? 'the resources' : `${source.file}${line === undefined ? '' : `:${line}`}`;
  return isError(problem)
    ? fail(checked, { message, fix: `correct ${place}; ${next}` })
    : warn(checked, { message, fix: `look at ${place}; the gateway runs all the same` });
}
