import type { KubeConfigChoice } from '@aigw/controller/kube';
import type { ParseArgsOptionsConfig } from 'node:util';

import { parseFlags } from '../command.ts';
import { parseTimeout } from '../doctor/parse-timeout.ts';
import { CliError } from '../errors.ts';
import type { ClusterPlaces } from './diagnose-cluster.ts';

/** The flags of every command that speaks to a cluster, for the parser. */
export const clusterFlags = {
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  namespace: { type: 'string', short: 'n', default: 'envoy-ai-gateway-system' },
  'envoy-gateway-namespace': { type: 'string', default: 'envoy-gateway-system' },
} as const satisfies ParseArgsOptionsConfig;

/** Which cluster, and where in it. */
export interface ClusterOptions {
  readonly choice: KubeConfigChoice;
  readonly places: ClusterPlaces;
}

interface ClusterFlagValues {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly namespace: string;
  readonly 'envoy-gateway-namespace': string;
}

/** Checks the values of the flags. @throws CliError `usage` */
export function readClusterOptions(values: ClusterFlagValues): ClusterOptions {
  const { kubeconfig, context } = values;
  return {
    choice: {
      ...(kubeconfig !== undefined && { path: kubeconfig }),
      ...(context !== undefined && { context }),
    },
    places: {
      namespace: parseNamespace('--namespace', values.namespace),
      envoyGatewayNamespace: parseNamespace('--envoy-gateway-namespace', values['envoy-gateway-namespace']),
    },
  };
}

function parseNamespace(flag: string, text: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new CliError('usage', `${flag} expects the name of a namespace, not "${text}"`);
}

/** Lines of the help of these flags. */
export const clusterFlagsHelp = [
  '  --kubeconfig FILE          as kubectl has it: KUBECONFIG, ~/.kube/config, or the cluster that it runs in',
  '  --context NAME             a context of it, instead of the current one',
  '  -n, --namespace NAME       where the controller is (envoy-ai-gateway-system)',
  '  --envoy-gateway-namespace NAME',
  '                             where Envoy Gateway is, and its proxies (envoy-gateway-system)',
];

/** The flags of `aigw doctor --kube`. */
export interface ClusterDoctorOptions extends ClusterOptions {
  readonly isJson: boolean;
  /** For each request. */
  readonly timeoutMs: number;
}

/** Reads the flags of `aigw doctor --kube`. @throws CliError `usage` */
export function parseClusterDoctorOptions(args: readonly string[]): ClusterDoctorOptions {
  const { values, positionals } = parseFlags('doctor', args, {
    ...clusterFlags,
    kube: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    timeout: { type: 'string', default: '10' },
  });
  if (positionals.length > 0) {
    const [first = ''] = positionals;
    throw new CliError(
      'usage',
      `aigw doctor --kube looks at a cluster, and takes no files such as "${first}"`,
    );
  }
  return { ...readClusterOptions(values), isJson: values.json, timeoutMs: parseTimeout(values.timeout) };
}
