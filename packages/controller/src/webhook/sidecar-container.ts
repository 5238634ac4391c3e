import type { ExtProcContainer } from '@aigw/api-types';
import { dirname } from 'node:path/posix';
import type { Container, EnvironmentVariable, Named } from './pod.ts';

/** What is the same for every sidecar of an installation. */
export interface SidecarDefaults {
  readonly containerName: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly logLevel: string;
  readonly logFormat: string;
  readonly adminPort: number;
  /** Further arguments. */
  readonly passed: readonly string[];
  /** The path of the socket that Envoy connects to. */
  readonly socket: string;
  readonly env: readonly EnvironmentVariable[];
  readonly imagePullSecrets: readonly Named[];
  /** Where the sidecar asks for changes of its configuration: `https://HOST:PORT`. */
  readonly configServer: string;
  /** Whether the cluster knows containers that start before and end after the others (Kubernetes 1.29). */
  readonly isNative: boolean;
}

/** Where the sidecar finds its configuration. */
const configFolder = '/etc/filter-config-bundle';
/** And what it needs to ask for changes of it. */
const configServerFolder = '/etc/ai-gateway-config-server';

/** The volumes of the sidecar, by their use. */
export const sidecarVolumes = {
  socket: 'ai-gateway-extproc-uds',
  config: 'ai-gateway-filter-config',
  configServer: 'ai-gateway-config-server',
} as const;

export const socketMount = ({ socket }: SidecarDefaults): { name: string; mountPath: string } => ({
  name: sidecarVolumes.socket,
  mountPath: dirname(socket),
});

/** The same tag or digest from another repository. */
function inRepository(image: string, repository: string): string {
  const [, suffix = ''] = /((?::[^:/@]+)?(?:@.+)?)$/.exec(image) ?? [];
  return repository + suffix;
}

function imageOf({ image }: SidecarDefaults, overrides: ExtProcContainer): string {
  if (overrides.image !== undefined) return overrides.image;
  return overrides.imageRepository === undefined ? image : inRepository(image, overrides.imageRepository);
}

/** Of two with one name the last. */
function mergeByName<T extends Named>(...lists: readonly (readonly T[])[]): T[] {
  return [...new Map(lists.flat().map((item) => [item.name, item])).values()];
}

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsGroup: 65_532,
  runAsNonRoot: true,
  runAsUser: 65_532,
  seccompProfile: { type: 'RuntimeDefault' },
};

const probe = (settings: object): object => ({
  httpGet: { path: '/health', port: 'aigw-admin', scheme: 'HTTP' },
  ...settings,
});

/** The container of the external processor. */
export function sidecarContainer(defaults: SidecarDefaults, overrides: ExtProcContainer = {}): Container {
  const { containerName, adminPort, logLevel, logFormat, socket, isNative, configServer } = defaults;
  const { env = [], resources, securityContext, volumeMounts = [] } = overrides;
  const own = [
    socketMount(defaults),
    { name: sidecarVolumes.config, mountPath: configFolder, readOnly: true },
    { name: sidecarVolumes.configServer, mountPath: configServerFolder, readOnly: true },
  ];
  return {
    name: containerName,
    ...{ image: imageOf(defaults, overrides), imagePullPolicy: defaults.imagePullPolicy },
    ...(isNative && { restartPolicy: 'Always' }),
    args: [
      ...['-configBundlePath', configFolder, '-extProcAddr', `unix://${socket}`],
      ...['-configServer', configServer, '-configServerPath', configServerFolder],
      ...['-adminPort', String(adminPort), '-logLevel', logLevel, '-logFormat', logFormat],
      ...defaults.passed,
    ],
    env: mergeByName(defaults.env, env),
    ports: [{ name: 'aigw-admin', containerPort: adminPort, protocol: 'TCP' }],
    // Envoy starts when it serves; it ends after Envoy.
    startupProbe: probe({ periodSeconds: 1, failureThreshold: 120, timeoutSeconds: 2 }),
    readinessProbe: probe({ periodSeconds: 5, failureThreshold: 2, timeoutSeconds: 5 }),
    livenessProbe: probe({ periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 }),
    resources: resources ?? {},
    securityContext: { ...restricted, ...securityContext },
    volumeMounts: [...own, ...(volumeMounts as unknown as typeof own)],
  } as Container;
}
