import type { KubeObject } from '@aigw/controller/kube';
import { parseAllDocuments, parseDocument } from 'yaml';

import { readExtension } from '../cluster/installation.ts';
import { CliError } from '../errors.ts';
import { envoyGatewayValuesFile, type ExtensionAddress, gatewayChart, referencesOf } from './charts.ts';
import { type ChartValues, envoyGatewayVersion, type InstallOptions } from './install-options.ts';

/** A chart, and what becomes of it in the cluster. */
export interface Release {
  /** What it is, for its line. */
  readonly title: string;
  readonly name: string;
  readonly chart: string;
  readonly namespace: string;
  /** Arguments of helm that say which version, and with which values. */
  readonly settings: readonly string[];
}

const userValues = ({ values, set }: ChartValues): string[] => [
  ...values.flatMap((file) => ['--values', file]),
  ...set.flatMap((pair) => ['--set', pair]),
];

/** The chart of the gateway: its resource definitions, which helm applies first, and the controller. */
export function planGatewayRelease({ places, gateway }: InstallOptions): Release {
  return {
    title: 'the resource definitions and the controller',
    name: 'aigw',
    chart: gatewayChart,
    namespace: places.namespace,
    // Where Envoy Gateway is, is said once: by the flag.
    settings: [
      ...userValues(gateway),
      ...['--set-string', `envoyGateway.namespace=${places.envoyGatewayNamespace}`],
    ],
  };
}

/** Envoy Gateway's chart, with what it has to know of the gateway. */
export function planEnvoyGatewayRelease(
  { places, envoyGateway }: InstallOptions,
  { hostname, port, tls }: ExtensionAddress,
): Release {
  const service = 'config.envoyGateway.extensionManager.service';
  const references = tls === undefined ? [] : Object.entries(referencesOf(tls));
  return {
    title: `Envoy Gateway ${envoyGatewayVersion}`,
    name: 'eg',
    chart: envoyGateway.chart,
    namespace: places.envoyGatewayNamespace,
    settings: [
      // A chart on this machine is of the version that it is.
      ...(envoyGateway.chart.includes('://') ? ['--version', `v${envoyGatewayVersion}`] : []),
      ...['--values', envoyGatewayValuesFile, ...userValues(envoyGateway)],
      ...['--set-string', `${service}.fqdn.hostname=${hostname}`, '--set', `${service}.fqdn.port=${port}`],
      ...references.flatMap(([field, { name }]) => ['--set-string', `${service}.tls.${field}.name=${name}`]),
    ],
  };
}

/** How the extension server will be called, by the Deployment that the chart makes of all values. @throws CliError `setup` */
export function parseExtension(renderedDeployment: string): ExtensionAddress {
  for (const document of parseAllDocuments(renderedDeployment)) {
    const object = document.toJS() as KubeObject | null;
    const extension = object === null ? undefined : readExtension(object);
    if (extension !== undefined) return extension;
  }
  throw new CliError('setup', 'the chart makes no Deployment of a controller that this aigw knows');
}

/**
 * Earlier values of Envoy Gateway's chart without what follows from the controller, which may speak TLS no longer.
 * @param values - in YAML; empty for none
 */
export function forgetTls(values: string): string {
  const document = parseDocument(values);
  const path = ['config', 'envoyGateway', 'extensionManager', 'service', 'tls'];
  if (!document.hasIn(path)) return values;
  document.deleteIn(path);
  return document.toString();
}
