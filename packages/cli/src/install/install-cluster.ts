import { stringify } from 'yaml';

import { judgeExtension } from '../cluster/check-extension.ts';
import { gatherEnvoyGateway } from '../cluster/check-envoy-gateway.ts';
import type { ClusterReader } from '../cluster/cluster-reader.ts';
import { connectCluster } from '../cluster/connect-cluster.ts';
import { gatherCluster, judgeCluster } from '../cluster/diagnose-cluster.ts';
import type { CommandContext } from '../command.ts';
import type { Finding } from '../doctor/finding.ts';
import { formatReport, worstStatus } from '../doctor/report.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { pollUntil } from '../standalone/poll-until.ts';
import { type ExtensionAddress, readEnvoyGatewayNeeds } from './charts.ts';
import type { Helm } from './helm.ts';
import { describeHelmFailure } from './helm-trouble.ts';
import type { InstallOptions } from './install-options.ts';
import {
  forgetTls,
  parseExtension,
  planEnvoyGatewayRelease,
  planGatewayRelease,
  type Release,
} from './plan-releases.ts';

/** What manifests are made for where no cluster tells its version: helm's own idea of it may be older than what is needed. */
const usualKubeVersion = '1.36.0';

/** Printing waits for no cluster that is out of reach. */
const versionTimeoutMs = 3000;

/** What the controller still does once it is ready: taking the lease, for one. */
const settleMs = 30_000;

const readLimits = { timeoutMs: 10_000 };

interface Installer {
  readonly options: InstallOptions;
  readonly context: CommandContext;
  readonly helm: Helm;
}

/** Prints the manifests of everything, in the order in which to apply them. @throws CliError `setup` */
export async function printManifests({ options, context, helm }: Installer): Promise<ExitCode> {
  const gateway = planGatewayRelease(options);
  const kubeVersion = await findKubeVersion(options, context);
  const address = await findExtension(helm, gateway, { kubeVersion, before: '' });
  const { isSkipped } = options.envoyGateway;
  if (isSkipped) await explainNeeds(address, context);
  const releases = isSkipped ? [gateway] : [planEnvoyGatewayRelease(options, address), gateway];
  for (const release of releases) {
    const { name, chart, namespace, settings } = release;
    const args = ['template', name, chart, '--namespace', namespace, '--include-crds', '--skip-tests'];
    const rendered = await helm.run([...args, '--kube-version', kubeVersion, ...settings]);
    if (!rendered.ok) throw new CliError('setup', describeHelmFailure(release, rendered.reason));
    const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    context.print(`---\n${stringify(own)}${rendered.output.trimEnd()}`);
  }
  return exitCodes.ok;
}

/** What the manifests contain depends on it: an older cluster has no admission policies, and gets fewer rights. */
async function findKubeVersion(
  { choice, kubeVersion }: InstallOptions,
  { stop, note }: CommandContext,
): Promise<string> {
  if (kubeVersion !== undefined) return kubeVersion;
  const { version } = await connectCluster(choice, { timeoutMs: versionTimeoutMs, stop });
  if (version !== undefined) return version;
  note(
    `install: for Kubernetes ${usualKubeVersion}, as no cluster answers; --kube-version names another one`,
  );
  return usualKubeVersion;
}

/** Installs everything, step by step, and checks that it works. @throws CliError `setup` */
export async function installCluster(installer: Installer): Promise<ExitCode> {
  const { options, context, helm } = installer;
  const { finding, reader, version } = await connectCluster(options.choice, {
    ...readLimits,
    stop: context.stop,
  });
  if (reader === undefined || version === undefined) throw new CliError('setup', describe(finding));
  context.note(`install: API server ${finding.message}; helm ${helm.version}`);
  const gateway = planGatewayRelease(options);
  const before = (await readValues(installer, gateway)) ?? '';
  const address = await findExtension(helm, gateway, { kubeVersion: version, before });
  const applyGateway = (): Promise<void> => apply(installer, gateway, before);
  if (options.envoyGateway.isSkipped) {
    await checkEnvoyGateway(installer, reader, address);
    await applyGateway();
  } else await applyBoth(installer, address, applyGateway);
  if (options.mode === 'dry-run') {
    context.note('install: nothing was applied');
    return exitCodes.ok;
  }
  return checkInstallation(installer, reader);
}

const describe = (finding: Finding): string =>
  'fix' in finding ? `${finding.message}\nfix: ${finding.fix}` : finding.message;

function clusterArguments({ choice }: InstallOptions): string[] {
  const { path, context } = choice;
  return [
    ...(path === undefined ? [] : ['--kubeconfig', path]),
    ...(context === undefined ? [] : ['--kube-context', context]),
  ];
}

/** Envoy Gateway first, as the kinds come with it; once it is there and is to speak TLS, whom it is to trust is there first. */
async function applyBoth(
  installer: Installer,
  address: ExtensionAddress,
  applyGateway: () => Promise<void>,
): Promise<void> {
  const release = planEnvoyGatewayRelease(installer.options, address);
  const before = await readValues(installer, release);
  const applyEnvoyGateway = (): Promise<void> => apply(installer, release, forgetTls(before ?? ''));
  const steps = [applyEnvoyGateway, applyGateway];
  if (address.tls !== undefined && before !== undefined) steps.reverse();
  for (const step of steps) await step();
}

/**
 * The values that the release was given before, in YAML, empty for none; they stay unless they are given anew. `undefined`
 * when there is no such release.
 */
async function readValues({ options, helm }: Installer, release: Release): Promise<string | undefined> {
  const { name, namespace } = release;
  const args = ['get', 'values', name, '--namespace', namespace, '--output', 'yaml'];
  const answer = await helm.run([...args, ...clusterArguments(options)]);
  if (answer.ok) return /^(null|\{\})?$/.test(answer.output.trim()) ? '' : answer.output;
  if (/release: not found/.test(answer.reason)) return undefined;
  throw new CliError('setup', describeHelmFailure(release, answer.reason));
}

const earlier = (values: string): string[] => (values === '' ? [] : ['--values', '-']);

async function findExtension(
  helm: Helm,
  release: Release,
  { kubeVersion, before }: { readonly kubeVersion: string; readonly before: string },
): Promise<ExtensionAddress> {
  const { name, chart, namespace, settings } = release;
  const args = [
    'template',
    name,
    chart,
    '--namespace',
    namespace,
    '--show-only',
    'templates/deployment.yaml',
  ];
  const rendered = await helm.run(
    [...args, '--kube-version', kubeVersion, ...earlier(before), ...settings],
    before,
  );
  if (!rendered.ok) throw new CliError('setup', describeHelmFailure(release, rendered.reason));
  return parseExtension(rendered.output);
}

async function apply(installer: Installer, release: Release, before: string): Promise<void> {
  const { options, context, helm } = installer;
  const { title, name, chart, namespace, settings } = release;
  const isDry = options.mode === 'dry-run';
  context.note(`install: ${title}, as release ${name} in ${namespace}${isDry ? ' (dry run)' : ''}`);
  const args = ['upgrade', '--install', name, chart, '--namespace', namespace, '--create-namespace'];
  const wait = isDry ? ['--dry-run'] : ['--wait', '--timeout', options.timeout];
  const done = await helm.run(
    [...args, ...wait, ...earlier(before), ...settings, ...clusterArguments(options)],
    before,
  );
  if (!done.ok) throw new CliError('setup', describeHelmFailure(release, done.reason));
}

/** Says what an Envoy Gateway that somebody else has installed lacks. */
async function checkEnvoyGateway(
  { options, context }: Installer,
  reader: ClusterReader,
  address: ExtensionAddress,
): Promise<void> {
  const { config } = await gatherEnvoyGateway(reader, options.places.envoyGatewayNamespace);
  const findings = judgeExtension(config, await readEnvoyGatewayNeeds(address), address);
  if (worstStatus(findings) === 'ok') {
    context.note('install: Envoy Gateway is configured as it has to be');
    return;
  }
  for (const finding of findings) {
    const subject = finding.subject === undefined ? '' : `${finding.subject}: `;
    context.note(`install: Envoy Gateway: ${subject}${finding.message}`);
  }
  await explainNeeds(address, context);
}

async function explainNeeds(address: ExtensionAddress, { note }: CommandContext): Promise<void> {
  const values = { config: { envoyGateway: await readEnvoyGatewayNeeds(address) } };
  note(`install: the values of Envoy Gateway's chart have to contain\n${stringify(values).trimEnd()}`);
}

/** The report of the doctor, once what takes a moment has had it. */
async function checkInstallation({ options, context }: Installer, reader: ClusterReader): Promise<ExitCode> {
  context.note('install: checking');
  let findings: readonly Finding[] = [];
  const isWell = async (): Promise<boolean> => {
    findings = judgeCluster(await gatherCluster(reader, options.places, Date.now()));
    return worstStatus(findings) !== 'fail';
  };
  const settled = await pollUntil(isWell, { timeoutMs: settleMs, intervalMs: 1000, signal: context.stop });
  context.print(formatReport(findings));
  return settled ? exitCodes.ok : exitCodes.failure;
}
