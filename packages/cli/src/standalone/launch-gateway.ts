import { homedir } from 'node:os';

import { createGatewayAdmin } from '../admin/gateway-admin.ts';
import type { CommandContext } from '../command.ts';
import { createEnvoyAdmin, type EnvoyAdmin } from '../envoy/envoy-admin.ts';
import { findEnvoy } from '../envoy/find-envoy.ts';
import { writePlan } from './apply-plan.ts';
import { awaitFilterConfig } from './await-filter-config.ts';
import { createGatewayProcesses, type GatewayProcesses } from './gateway-processes.ts';
import { createLiveConfiguration } from './live-configuration.ts';
import type { OnExit, PreparedGateway } from './prepare-gateway.ts';
import { refusePort } from './ports.ts';
import { describeEnvoy, describeExtproc, runFiles } from './processes.ts';
import type { RunOptions } from './run-options.ts';
import { readSystemCa } from './system-ca.ts';

/** A gateway whose processes run, though perhaps not ready yet. */
export interface LaunchedGateway {
  envoy: EnvoyAdmin;
  extprocAdminSocket: string;
  processes: GatewayProcesses;
  adminUrl: string;
  /** Whether requests are wanted; what `/ready` says. */
  setServing: (isServing: boolean) => void;
}

/** Finds Envoy, writes its configuration, starts extproc, Envoy and the admin port, and follows the files. @throws CliError */
export async function launchGateway(
  prepared: PreparedGateway,
  options: RunOptions,
  context: CommandContext,
  onExit: OnExit,
): Promise<LaunchedGateway> {
  const { directory, firstPlan } = prepared;
  const { note, env } = context;
  const search = { env, homeFolder: homedir(), note };
  const binary = await findEnvoy({ ...search, ...(options.envoy !== undefined && { path: options.envoy }) });
  await directory.write(runFiles.systemCa, await readSystemCa(env['SSL_CERT_FILE']));
  await writePlan(firstPlan, directory);

  const envoy = createEnvoyAdmin(directory.file(runFiles.envoyAdminSocket));
  const extprocAdminSocket = directory.file(runFiles.extprocAdminSocket);
  const processes = createGatewayProcesses(directory.path, note);
  onExit(processes.stop);
  const live = createLiveConfiguration({
    source: prepared.source,
    plan: prepared.plan,
    apply: { directory, envoy, awaitFilterConfig: (uuid) => awaitFilterConfig(extprocAdminSocket, uuid) },
    note,
  });
  let isServing = false;
  const { host, adminPort: port } = options;
  const asked = { isServing: () => isServing, processes: processes.all, reloads: live.reloads };
  const admin = createGatewayAdmin({ host, port, envoy, extprocAdminSocket, ...asked });
  await startAdmin(
    admin.start(() => undefined),
    options,
  );
  onExit(() => admin.stop(AbortSignal.timeout(1_000)));

  processes.start(describeExtproc(directory, options, env));
  processes.start(describeEnvoy(binary, directory, options.logLevel, env));
  onExit(live.close);
  await live.follow(firstPlan, prepared.files);
  const adminUrl = `http://${admin.address()}`;
  return {
    envoy,
    extprocAdminSocket,
    processes,
    adminUrl,
    setServing: (wanted) => void (isServing = wanted),
  };
}

async function startAdmin(started: Promise<void>, { host, adminPort }: RunOptions): Promise<void> {
  await started.catch((thrown: unknown) => {
    throw refusePort('the admin port', { host, port: adminPort, flag: '--admin-port' }, thrown);
  });
}
