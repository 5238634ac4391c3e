import { CliError } from '../errors.ts';
import { parseAllDocuments } from 'yaml';

import { envoyGatewayValuesFile, type ExtensionAddress, gatewayChart, hostnameOf } from './charts.ts';
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
  { hostname, port }: ExtensionAddress,
): Release {
  const fqdn = 'config.envoyGateway.extensionManager.service.fqdn';
  return {
    title: `Envoy Gateway ${envoyGatewayVersion}`,
    name: 'eg',
    chart: envoyGateway.chart,
    namespace: places.envoyGatewayNamespace,
    settings: [
      // A chart on this machine is of the version that it is.
      ...(envoyGateway.chart.includes('://') ? ['--version', `v${envoyGatewayVersion}`] : []),
      ...['--values', envoyGatewayValuesFile, ...userValues(envoyGateway)],
      ...['--set-string', `${fqdn}.hostname=${hostname}`, '--set', `${fqdn}.port=${port}`],
    ],
  };
}

interface RenderedService {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly ports: readonly { readonly name: string; readonly port: number }[] };
}

/** Where the extension server will be, by the Service that the chart makes of all values. @throws CliError `setup` */
export function parseExtensionAddress(renderedService: string): ExtensionAddress {
  for (const document of parseAllDocuments(renderedService)) {
    const service = document.toJS() as RenderedService | null;
    const port = service?.spec.ports.find(({ name }) => name === 'grpc-extension')?.port;
    if (service === null || port === undefined) continue;
    return { hostname: hostnameOf(service.metadata.name, service.metadata.namespace), port };
  }
  throw new CliError('setup', "the chart's Service has no port grpc-extension, by which Envoy Gateway calls");
}
