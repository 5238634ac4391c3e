import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { type ApiServer, runWithKubeconfig } from './api-server.ts';
import { findBinary, findEnvoyGatewayChart } from './binaries/binaries.ts';
import { envoyGatewayVersion } from './binaries/recipes.ts';

/** The namespace of our controller. */
export const ownNamespace = 'envoy-ai-gateway-system';
/** The namespace of Envoy Gateway and of its proxies. */
export const envoyGatewayNamespace = 'envoy-gateway-system';

/** Runs helm against the cluster, as an administrator. */
export async function helm(server: ApiServer, ...args: readonly string[]): Promise<string> {
  return runWithKubeconfig(server, await findBinary('helm'), args);
}

/**
 * Makes Envoy Gateway's chart as it is published, which is its sources with values that are filled in.
 * @param folder - where the chart's folder is made
 */
export async function prepareEnvoyGatewayChart(folder: string): Promise<string> {
  const chart = join(folder, 'gateway-helm');
  if (existsSync(chart)) return chart;
  cpSync(await findEnvoyGatewayChart(), chart, { recursive: true });
  const published: Readonly<Record<string, string>> = {
    GatewayImage: `docker.io/envoyproxy/gateway:v${envoyGatewayVersion}`,
    GatewayImagePullPolicy: 'IfNotPresent',
  };
  const template = readFileSync(join(chart, 'values.tmpl.yaml'), 'utf8');
  writeFileSync(
    join(chart, 'values.yaml'),
    template.replace(/\$\{(\w+)\}/g, (_whole, name: string) => published[name] ?? ''),
  );
  return chart;
}

/** What charts are installed with beside their defaults: arguments of helm, such as `--set`. */
export interface ChartArguments {
  readonly envoyGateway?: readonly string[];
  readonly controller?: readonly string[];
}

/** Installs Envoy Gateway and our controller as the guide says; the definitions are there already. */
export async function installCharts(
  server: ApiServer,
  { envoyGateway = [], controller = [] }: ChartArguments = {},
): Promise<void> {
  const own = join(repositoryRoot, 'charts');
  await server.mustKubectl(['create', 'namespace', envoyGatewayNamespace]);
  await Promise.all([
    prepareEnvoyGatewayChart(server.folder).then((chart) =>
      helm(
        server,
        ...['install', 'eg', chart, '--namespace', envoyGatewayNamespace, '--skip-crds'],
        ...['--values', join(own, 'envoy-gateway-values.yaml'), ...envoyGateway],
      ),
    ),
    helm(
      server,
      ...['install', 'aigw', join(own, 'ai-gateway'), '--set', 'crds.enabled=false'],
      ...['--namespace', ownNamespace, '--create-namespace', ...controller],
    ),
  ]);
}
