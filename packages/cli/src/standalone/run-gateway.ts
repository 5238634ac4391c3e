import type { StandalonePlan } from '@aigw/planner';

import type { CommandContext } from '../command.ts';
import type { EnvoyAdmin } from '../envoy/envoy-admin.ts';
import { CliError, messageOf } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { announceListeners, suggestRequests } from './announce.ts';
import { countRefusals } from './apply-plan.ts';
import { launchGateway, type LaunchedGateway } from './launch-gateway.ts';
import { prepareGateway } from './prepare-gateway.ts';
import { waitUntilServing } from './readiness.ts';
import type { RunOptions } from './run-options.ts';

/** Runs the gateway until a signal or a failure; leaves no process, socket or file behind. @throws CliError */
export async function runGateway(options: RunOptions, context: CommandContext): Promise<ExitCode> {
  const cleanups: (() => Promise<void>)[] = [];
  const onExit = (cleanup: () => Promise<void>): void => void cleanups.unshift(cleanup);
  try {
    const prepared = await prepareGateway(options, context, onExit);
    const launched = await launchGateway(prepared, options, context, onExit);
    await serve(launched, prepared.firstPlan, context);
    return exitCodes.ok;
  } finally {
    for (const cleanup of cleanups)
      await cleanup().catch((thrown: unknown) => context.note(messageOf(thrown)));
  }
}

async function serve(
  launched: LaunchedGateway,
  plan: StandalonePlan,
  context: CommandContext,
): Promise<void> {
  const { envoy, extprocAdminSocket, processes, adminUrl, setServing } = launched;
  const ended = AbortSignal.any([context.stop, processes.fatal]);
  const isUp = await waitUntilServing({
    extprocAdminSocket,
    envoy,
    listeners: plan.listeners,
    signal: ended,
  });
  if (isUp) {
    await refuseHalfAGateway(envoy);
    processes.markStarted();
    setServing(true);
    announce(plan, adminUrl, context.print);
    await untilAborted(ended);
    setServing(false);
  }
  if (processes.fatal.aborted) throw new CliError('fatal', String(processes.fatal.reason));
  if (!isUp && !ended.aborted) {
    throw new CliError(
      'fatal',
      'the gateway did not become ready in time; what is missing is in the messages above',
    );
  }
  if (isUp) await processes.drain(envoy, context.kill);
}

/** Envoy goes on without a file that it refuses, and would serve nothing from it. */
async function refuseHalfAGateway(envoy: EnvoyAdmin): Promise<void> {
  if ((await countRefusals(envoy)) === 0) return;
  throw new CliError(
    'setup',
    'Envoy refuses a part of the configuration; its reason is in its message above',
  );
}

function announce(plan: StandalonePlan, adminUrl: string, print: (line: string) => void): void {
  const requests = suggestRequests(plan, plan.listeners[0]?.address ?? '');
  for (const line of announceListeners(plan, adminUrl)) print(line);
  if (requests.length > 0) print(['', 'Try:', ...requests.map((line) => `  ${line}`), ''].join('\n'));
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return promise.then(() => undefined);
}
