import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { parse } from 'yaml';

/** The charts as they are published with the program: those of the repository, with this version. */
const folder = fileURLToPath(new URL('../../charts/', import.meta.url));

/** The chart of the gateway, with its resource definitions. */
export const gatewayChart = `${folder}ai-gateway`;

/** What Envoy Gateway has to be installed with, as values of its chart. */
export const envoyGatewayValuesFile = `${folder}envoy-gateway-values.yaml`;

/** Where Envoy Gateway finds the extension server: the controller's Service and port; and how they know each other. */
export interface ExtensionAddress {
  readonly hostname: string;
  readonly port: number;
  /** Absent: it is called in plain text. */
  readonly tls?: ExtensionTls;
}

/** Secrets of Envoy Gateway's namespace. */
export interface ExtensionTls {
  /** Where the controller writes whom to trust. */
  readonly authoritySecret: string;
  /** Who shows a certificate that is signed by its authority may call; absent: anybody. */
  readonly clientSecret?: string;
}

/** What Envoy Gateway's own configuration has to contain. */
export interface EnvoyGatewayNeeds {
  readonly extensionApis: Readonly<Record<string, unknown>>;
  readonly extensionManager: Readonly<Record<string, unknown>>;
}

/** The name of the controller's Service inside the cluster. */
export const hostnameOf = (service: string, namespace: string): string =>
  `${service}.${namespace}.svc.cluster.local`;

/** Reads what Envoy Gateway needs to know of a gateway at an address, from the values of its chart. */
export async function readEnvoyGatewayNeeds(address: ExtensionAddress): Promise<EnvoyGatewayNeeds> {
  return withAddress(await readFile(envoyGatewayValuesFile, 'utf8'), address);
}

/** The values in YAML, with an address in place of the chart's default. */
export function withAddress(values: string, { hostname, port, tls }: ExtensionAddress): EnvoyGatewayNeeds {
  const { config } = parse(values) as { config: { envoyGateway: EnvoyGatewayNeeds } };
  const { extensionApis, extensionManager } = config.envoyGateway;
  const service = { fqdn: { hostname, port }, ...(tls !== undefined && { tls: referencesOf(tls) }) };
  return { extensionApis, extensionManager: { ...extensionManager, service } };
}

/** What Envoy Gateway is told of TLS. @see https://gateway.envoyproxy.io/docs/api/extension_types/#extensiontls */
export function referencesOf({
  authoritySecret,
  clientSecret,
}: ExtensionTls): Readonly<Record<string, { readonly name: string }>> {
  return {
    certificateRef: { name: authoritySecret },
    ...(clientSecret !== undefined && { clientCertificateRef: { name: clientSecret } }),
  };
}
