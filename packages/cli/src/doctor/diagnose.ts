import { homedir } from 'node:os';

import type { StandalonePlan } from '@aigw/planner';

import type { CommandContext } from '../command.ts';
import { type RunningMock, startMock } from '../standalone/mock.ts';
import { readSystemCa } from '../standalone/system-ca.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkEndpoints } from './check-endpoints.ts';
import { checkEnvoy } from './check-envoy.ts';
import { checkModels } from './check-models.ts';
import { checkNode } from './check-node.ts';
import { checkPort, isAigwRunning, listenerPorts, type WantedPort } from './check-ports.ts';
import { checkRegions } from './check-region.ts';
import { checkConfiguration } from './configuration-check.ts';
import type { DoctorOptions } from './doctor-options.ts';
import { checkNames, type Finding } from './finding.ts';
import { createSecrets, type Secrets } from './redact.ts';
import { type CheckLimits, runCheck } from './run-check.ts';
import { listTargets } from './target.ts';

interface Diagnosis {
  readonly options: DoctorOptions;
  readonly context: CommandContext;
  readonly limits: CheckLimits;
  readonly secrets: Secrets;
  readonly mock: RunningMock | undefined;
}

/** Checks everything, side by side. The findings come in the order of the report, without any secret. */
export async function diagnose(options: DoctorOptions, context: CommandContext): Promise<Finding[]> {
  const secrets = createSecrets(context.env);
  const mock = options.run.isMock ? await startMock() : undefined;
  try {
    const limits = { timeoutMs: options.timeoutMs, stop: context.stop };
    const findings = await checkAll({ options, context, limits, secrets, mock });
    return sortFindings(findings).map((finding) => secrets.redact(finding));
  } finally {
    await mock?.close();
  }
}

function sortFindings(findings: readonly Finding[]): Finding[] {
  return checkNames.flatMap((name) => findings.filter(({ check }) => check === name));
}

async function checkAll(diagnosis: Diagnosis): Promise<Finding[]> {
  const { options, context, limits, mock } = diagnosis;
  const machine = checkMachine(diagnosis);
  const { findings, plan } = await checkConfiguration(options.run, context, mock);
  const { adminPort, host } = options.run;
  const adminUse = { host, port: adminPort, purpose: 'admin port', flag: '--admin-port' } as const;
  const listeners = options.run.port === 0 ? [] : listenerPorts(plan?.listeners ?? []);
  const ports = checkPorts([...listeners, adminUse], adminPort, limits);
  const providers = plan === undefined ? [] : checkProviders(plan, diagnosis);
  return [...findings, ...(await Promise.all([machine, ports, providers])).flat()];
}

async function checkMachine({ options, context, limits }: Diagnosis): Promise<Finding[]> {
  const { env } = context;
  const { envoy: path } = options.run;
  const search = { env, homeFolder: homedir(), note: () => undefined, ...(path !== undefined && { path }) };
  return [
    checkNode(process.versions.node),
    await runCheck({ check: 'envoy' }, limits, () => checkEnvoy(search)),
  ];
}

function checkPorts(
  ports: readonly WantedPort[],
  adminPort: number,
  limits: CheckLimits,
): Promise<Finding[]> {
  return Promise.all(
    ports.map((wanted) => {
      const checked = { check: 'port', subject: `${wanted.host}:${wanted.port}` } as const;
      return runCheck(checked, limits, (signal) =>
        checkPort(wanted, () => isAigwRunning(wanted.host, adminPort, signal)),
      );
    }),
  );
}

async function checkProviders(plan: StandalonePlan, diagnosis: Diagnosis): Promise<Finding[]> {
  const { options, context, limits, secrets, mock } = diagnosis;
  const now = (): number => Date.now();
  const targets = await listTargets(plan, now);
  const systemCa = await readSystemCa(context.env['SSL_CERT_FILE']);
  const stsEndpoint = mock?.url ?? readStsEndpoint(context.env);
  const asked = { limits, send: { systemCa, now } };
  const credentials = { limits, secrets, now, ...(stsEndpoint !== undefined && { stsEndpoint }) };
  const results = await Promise.all([
    checkCredentials(targets, credentials),
    checkEndpoints(targets, asked),
    checkModels(targets, asked, options.model),
  ]);
  return [...checkRegions(targets), ...results.flat()];
}

/** Where the SDK's own calls to STS go, too. */
function readStsEndpoint(env: CommandContext['env']): string | undefined {
  return [env['AWS_ENDPOINT_URL_STS'], env['AWS_ENDPOINT_URL']].find(
    (url) => url !== undefined && url !== '',
  );
}
