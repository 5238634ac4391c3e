import {
  choiceFlag,
  type FlagSpec,
  integerFlag,
  type ListenAddress,
  logFormats,
  type LogFormat,
  type LogLevel,
  logLevels,
  parseFlags,
  parseListenAddress,
  switchFlag,
  textFlag,
} from '@aigw/service-runtime';
import { passedArguments, passedFlags } from './passed-flags.ts';

/** The command line of the controller, read and checked. */
export interface ControllerFlags {
  /** Where Envoy Gateway calls the extension server. */
  readonly extensionAddress: ListenAddress;
  readonly webhookPort: number;
  /** `/health`, `/ready` and `/metrics`. */
  readonly adminAddress: ListenAddress;
  readonly envoyGatewayNamespace: string;
  /** Whether Envoy Gateway puts proxies into the namespaces of their Gateways. */
  readonly areProxiesBesideGateways: boolean;
  readonly isLeaderElectionEnabled: boolean;
  readonly leaseName: string;
  /** Exchange tokens for the credentials of policies, and keep them in Secrets. */
  readonly isCredentialRotationEnabled: boolean;
  readonly extprocContainer: string;
  /** The path of the data plane's socket, as Envoy sees it. */
  readonly extprocSocket: string;
  readonly sidecar: SidecarFlags;
  /** The Service by which the API server calls the webhook, in our own namespace. */
  readonly serviceName: string;
  /** The MutatingWebhookConfiguration; empty: `envoy-ai-gateway-gateway-pod-mutator.` and our namespace. */
  readonly webhookConfigurationName: string;
  /** Whether the certificate of the Service is made here, or read from its Secret, which somebody else writes. */
  readonly certificateSource: 'self' | 'secret';
  readonly isExtensionTls: boolean;
  /** A Secret in Envoy Gateway's namespace: only who shows a certificate of its `ca.crt` may call the extension server. Empty: anybody. */
  readonly extensionClientSecret: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** What the container of the external processor is started with. */
export interface SidecarFlags {
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly imagePullSecrets: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly adminPort: number;
  /** Arguments that are handed on as they were given. */
  readonly passed: readonly string[];
}

const listFlag: FlagSpec<readonly string[]> = {
  default: [],
  parse: (text) => text.split(';').filter((item) => item !== ''),
};

/** `NAME=value;NAME=value`; a value may contain `=`. */
const environmentFlag: FlagSpec<SidecarFlags['env']> = {
  default: [],
  parse: (text) =>
    listFlag.parse(text).map((pair) => {
      const [, name, value] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || value === undefined) throw new Error('expected NAME=value;NAME=value');
      return { name, value };
    }),
};

const addressFlag = (address: string): FlagSpec<ListenAddress> => ({
  default: parseListenAddress(address),
  parse: parseListenAddress,
});

const specs = {
  port: addressFlag(':1063'),
  webhookPort: integerFlag(9443),
  // Envoy Gateway has 8080, 8081, 18000 to 18002 and 19000 to 19003; the two may share one network.
  adminAddr: addressFlag(':8090'),
  envoyGatewayNamespace: textFlag('envoy-gateway-system'),
  proxiesBesideGateways: switchFlag(false),
  enableLeaderElection: switchFlag(true),
  leaseName: textFlag('ai-gateway-controller'),
  enableCredentialRotation: switchFlag(true),
  extProcContainerName: textFlag('ai-gateway-extproc'),
  extProcSocketPath: textFlag('/etc/ai-gateway-extproc-uds/run.sock'),
  extProcImage: textFlag('docker.io/envoyproxy/ai-gateway-extproc:latest'),
  extProcImagePullPolicy: choiceFlag(['Always', 'IfNotPresent', 'Never'], 'IfNotPresent'),
  extProcImagePullSecrets: listFlag,
  extProcExtraEnvVars: environmentFlag,
  extProcLogLevel: choiceFlag(logLevels, 'info'),
  extProcLogFormat: choiceFlag(logFormats, 'json'),
  extProcAdminPort: integerFlag(1064),
  extProcEnableRedaction: switchFlag(false),
  ...passedFlags,
  serviceName: textFlag('ai-gateway-controller'),
  webhookConfigurationName: textFlag(''),
  certificates: choiceFlag(['self', 'secret'], 'self'),
  extensionTls: switchFlag(false),
  extensionClientSecret: textFlag(''),
  logLevel: choiceFlag(logLevels, 'info'),
  logFormat: choiceFlag(logFormats, 'json'),
};

export type ControllerFlagsResult =
  | { readonly kind: 'flags'; readonly flags: ControllerFlags; readonly unknown: readonly string[] }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** Reads the command line. Unknown flags are named, not refused: charts of other versions may pass more. */
export function parseControllerFlags(args: readonly string[]): ControllerFlagsResult {
  const { values, unknown, positionals, problems } = parseFlags(specs, args);
  const found = [...problems, ...positionals.map((text) => `${JSON.stringify(text)}: unexpected argument`)];
  if (values.extensionClientSecret !== '' && !values.extensionTls) {
    found.push('-extensionClientSecret: clients show certificates only with -extensionTls');
  }
  if (found.length > 0) return { kind: 'problems', problems: found };
  return {
    kind: 'flags',
    unknown,
    flags: {
      extensionAddress: values.port,
      webhookPort: values.webhookPort,
      adminAddress: values.adminAddr,
      envoyGatewayNamespace: values.envoyGatewayNamespace,
      areProxiesBesideGateways: values.proxiesBesideGateways,
      isLeaderElectionEnabled: values.enableLeaderElection,
      leaseName: values.leaseName,
      isCredentialRotationEnabled: values.enableCredentialRotation,
      extprocContainer: values.extProcContainerName,
      extprocSocket: values.extProcSocketPath,
      sidecar: {
        image: values.extProcImage,
        imagePullPolicy: values.extProcImagePullPolicy,
        imagePullSecrets: values.extProcImagePullSecrets,
        env: values.extProcExtraEnvVars,
        logLevel: values.extProcLogLevel,
        logFormat: values.extProcLogFormat,
        adminPort: values.extProcAdminPort,
        passed: passedArguments(values, values.extProcEnableRedaction),
      },
      serviceName: values.serviceName,
      webhookConfigurationName: values.webhookConfigurationName,
      certificateSource: values.certificates,
      isExtensionTls: values.extensionTls,
      extensionClientSecret: values.extensionClientSecret,
      logLevel: values.logLevel,
      logFormat: values.logFormat,
    },
  };
}
