import { tmpdir } from 'node:os';

import type { StandaloneOptions, StandalonePlan } from '@aigw/planner';

import type { CommandContext } from '../command.ts';
import { CliError } from '../errors.ts';
import type { LoadedResources } from '../resources/load-resources.ts';
import {
  type ConfigurationSource,
  createConfigurationSource,
  refuse,
  reportProblems,
} from './configuration.ts';
import { startMock } from './mock.ts';
import { type MachineOptions, noListener, type PlanResult, planGateway } from './plan-gateway.ts';
import { createPortTable, findFreePort, probePort } from './ports.ts';
import { runFiles } from './processes.ts';
import { createRunDirectory, type RunDirectory } from './run-directory.ts';
import type { RunOptions } from './run-options.ts';

/** Something to undo at the end, in the opposite order. */
export type OnExit = (cleanup: () => Promise<void>) => void;

/** A valid configuration, planned, with nothing started yet but the mock. */
export interface PreparedGateway {
  directory: RunDirectory;
  source: ConfigurationSource;
  /** Plans again, for the same directory, ports and mock. */
  plan: (loaded: LoadedResources) => Promise<PlanResult>;
  firstPlan: StandalonePlan;
  /** The files that the first plan was made from. */
  files: string[];
}

/** Reads, checks and plans the configuration, and reports all its problems. @throws CliError `setup` when it cannot be run */
export async function prepareGateway(
  options: RunOptions,
  context: CommandContext,
  onExit: OnExit,
): Promise<PreparedGateway> {
  const { note, env } = context;
  const source = createConfigurationSource(options, context);
  const loaded = await source();
  const directory = await createRunDirectory(env, tmpdir());
  onExit(directory.remove);
  const ports = createPortTable(options.host, note);
  const standalone = await describeStandalone(options, directory);
  // Without the mock first: nothing is started for a configuration that is wrong.
  refuseErrors(await planGateway(loaded, standalone, ports), note);
  const mock = await startMockIfWanted(options, { note, onExit });
  const plan = (resources: LoadedResources): Promise<PlanResult> =>
    planGateway(resources, { ...standalone, ...mock }, ports);
  const firstPlan = refuseErrors(await plan(loaded), () => undefined);
  if (firstPlan.listeners.length === 0) {
    throw new CliError('setup', noListener);
  }
  await checkPorts(firstPlan.listeners);
  return { directory, source, plan, firstPlan, files: loaded.files };
}

function refuseErrors({ plan, problems }: PlanResult, note: (line: string) => void): StandalonePlan {
  const errors = reportProblems(problems, note);
  if (plan === undefined) throw refuse(errors);
  return plan;
}

async function describeStandalone(options: RunOptions, directory: RunDirectory): Promise<MachineOptions> {
  const port = options.port === 0 ? await findFreePort(options.host) : options.port;
  return {
    host: options.host,
    extprocSocket: directory.file(runFiles.extprocSocket),
    envoyAdminSocket: directory.file(runFiles.envoyAdminSocket),
    configDir: directory.path,
    systemCaPath: directory.file(runFiles.systemCa),
    ...(port !== undefined && { port }),
  };
}

async function startMockIfWanted(
  { isMock }: RunOptions,
  { note, onExit }: { note: CommandContext['note']; onExit: OnExit },
): Promise<Pick<StandaloneOptions, 'mock'>> {
  if (!isMock) return {};
  const mock = await startMock();
  onExit(mock.close);
  note(`mock providers on ${mock.url}`);
  return { mock: mock.options };
}

async function checkPorts(listeners: StandalonePlan['listeners']): Promise<void> {
  for (const { address, port, gateway, name } of listeners) {
    const state = await probePort(address, port);
    if (state === 'free') continue;
    const what = `port ${port} on ${address}, for listener ${name} of Gateway ${gateway}, is ${state}`;
    throw new CliError('setup', `${what}; stop what listens there, or choose another with --port`);
  }
}
