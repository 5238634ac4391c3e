import {
  clusterFlags,
  clusterFlagsHelp,
  type ClusterOptions,
  readClusterOptions,
} from '../cluster/cluster-options.ts';
import { parseFlags } from '../command.ts';
import { CliError } from '../errors.ts';

/** The Envoy Gateway that is installed. */
export const envoyGatewayVersion = '1.8.1';

const envoyGatewayChart = 'oci://docker.io/envoyproxy/gateway-helm';

/** What helm is given of the user's, as it was given. */
export interface ChartValues {
  /** Files, first to last. */
  readonly values: readonly string[];
  /** `KEY=VALUE`, over those. */
  readonly set: readonly string[];
}

/** The flags of `aigw install`. */
export interface InstallOptions extends ClusterOptions {
  /** `print` and `dry-run` change nothing. */
  readonly mode: 'apply' | 'dry-run' | 'print';
  readonly envoyGateway: ChartValues & { readonly isSkipped: boolean; readonly chart: string };
  readonly gateway: ChartValues;
  /** Of the cluster that manifests are printed for; absent: of the one that can be asked. */
  readonly kubeVersion?: string;
  /** As helm has it: `5m0s`. */
  readonly timeout: string;
}

/** Reads the flags of `aigw install`. @throws CliError `usage` */
export function parseInstallOptions(args: readonly string[]): InstallOptions {
  const { values: flags, positionals } = parseFlags('install', args, {
    ...clusterFlags,
    print: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    'kube-version': { type: 'string' },
    'skip-envoy-gateway': { type: 'boolean', default: false },
    'envoy-gateway-chart': { type: 'string', default: envoyGatewayChart },
    'envoy-gateway-values': { type: 'string', multiple: true, default: [] },
    'envoy-gateway-set': { type: 'string', multiple: true, default: [] },
    values: { type: 'string', short: 'f', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    timeout: { type: 'string', default: '5m' },
  });
  const [first] = positionals;
  if (first !== undefined)
    throw new CliError('usage', `aigw install takes no "${first}" (see: aigw install --help)`);
  if (flags.print && flags['dry-run'])
    throw new CliError('usage', '--print applies nothing as it is: leave --dry-run out');
  const kubeVersion = flags['kube-version'];
  if (kubeVersion !== undefined && !flags.print)
    throw new CliError('usage', '--kube-version is for --print: a cluster knows its own version');
  return {
    ...readClusterOptions(flags),
    ...(kubeVersion !== undefined && { kubeVersion: parseVersion(kubeVersion) }),
    mode: flags.print ? 'print' : flags['dry-run'] ? 'dry-run' : 'apply',
    envoyGateway: {
      isSkipped: flags['skip-envoy-gateway'],
      chart: flags['envoy-gateway-chart'],
      values: flags['envoy-gateway-values'],
      set: flags['envoy-gateway-set'],
    },
    gateway: { values: flags.values, set: flags.set },
    timeout: parseDuration(flags.timeout),
  };
}

function parseVersion(text: string): string {
  if (/^v?\d+\.\d+(\.\d+)?([-+].*)?$/.test(text)) return text;
  throw new CliError('usage', `--kube-version expects a version such as 1.30, not "${text}"`);
}

function parseDuration(text: string): string {
  if (/^(\d+(h|m|s))+$/.test(text) && /[1-9]/.test(text)) return text;
  throw new CliError('usage', `--timeout expects a duration such as 90s or 5m, not "${text}"`);
}

/** The text of `aigw install --help`. */
export const installHelp = [
  'Usage: aigw install [options]',
  '',
  `Installs the gateway in a cluster with helm (3.8 or newer): Envoy Gateway ${envoyGatewayVersion}, configured for it, then the resource`,
  'definitions and the controller; then checks that it works, as `aigw doctor --kube` does. A second run brings back what is',
  'missing and changes nothing else: values that an earlier run was given stay until they are given anew.',
  'Exit status 0: installed, and in order; 1: not; 2: the command line is wrong.',
  '',
  '  --print                    print the manifests, in the order in which to apply them, and apply nothing:',
  '                             aigw install --print | kubectl apply --server-side -f -',
  '  --kube-version VERSION     the Kubernetes that they are printed for: that of the cluster, where one answers',
  '  --dry-run                  ask helm what it would do, and do nothing',
  '  --set KEY=VALUE            a value of the chart of the gateway; may be repeated',
  '  -f, --values FILE          values of that chart, from a file; may be repeated',
  '  --timeout DURATION         how long each chart may take until all of it is ready (5m)',
  '  --skip-envoy-gateway       Envoy Gateway is there already: check how it is configured, and say what it lacks',
  `  --envoy-gateway-chart PATH a folder, an archive or another registry (${envoyGatewayChart})`,
  '  --envoy-gateway-set KEY=VALUE, --envoy-gateway-values FILE',
  '                             values of its chart; may be repeated',
  ...clusterFlagsHelp,
].join('\n');
