import type { ExtProcContainer } from '@aigw/api-types';
import { filterConfigPartName, maxConfigParts } from '@aigw/planner';
import type { Container, Named, PatchStep, Pod, VolumeMount } from './pod.ts';
import { type SidecarDefaults, sidecarContainer, sidecarVolumes, socketMount } from './sidecar-container.ts';

/** What one Gateway's proxies get. */
export interface GatewaySidecar {
  /** The Secret with the index of the filter configuration. */
  readonly configSecret: string;
  readonly overrides?: ExtProcContainer;
}

/** What AWS's own webhook gives to containers: for roles of ServiceAccounts, and for Pod Identity. */
const awsVariables =
  /^AWS_(ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|CONTAINER_|REGION$|DEFAULT_REGION$|STS_REGIONAL_ENDPOINTS$)/;
const awsMounts = /\/serviceaccount(\/|$)/;
const awsTokenFolders = ['/var/run/secrets/eks.amazonaws.com', '/var/run/secrets/pods.eks.amazonaws.com'];

const isAwsMount = ({ mountPath }: VolumeMount): boolean =>
  awsMounts.test(mountPath) && awsTokenFolders.some((folder) => mountPath.startsWith(folder));

const names = (list: readonly Named[] = []): Set<string> => new Set(list.map(({ name }) => name));

/** AWS credentials that a webhook before ours has given to the others; one after ours gives them to all. */
function awsIdentity(pod: Pod, sidecar: Container): Pick<Container, 'env' | 'volumeMounts'> {
  const others = (pod.spec?.containers ?? []).filter(({ name }) => name !== sidecar.name);
  const [env, mounts] = [names(sidecar.env), names(sidecar.volumeMounts)];
  const given = others.find((container) => container.env?.some(({ name }) => awsVariables.test(name)));
  return {
    env: (given?.env ?? []).filter(({ name }) => awsVariables.test(name) && !env.has(name)),
    volumeMounts: (given?.volumeMounts ?? []).filter((mount) => isAwsMount(mount) && !mounts.has(mount.name)),
  };
}

function withAwsIdentity(pod: Pod, sidecar: Container): Container {
  const { env = [], volumeMounts = [] } = awsIdentity(pod, sidecar);
  return {
    ...sidecar,
    env: [...(sidecar.env ?? []), ...env],
    volumeMounts: [...(sidecar.volumeMounts ?? []), ...volumeMounts],
  };
}

/** The index must be there: a pod waits for it, and its events say so. */
const configVolume = (configSecret: string): object => ({
  name: sidecarVolumes.config,
  projected: {
    sources: [
      { secret: { name: configSecret, items: [{ key: 'index.yaml', path: 'index.yaml' }] } },
      ...Array.from({ length: maxConfigParts }, (_, part) => ({
        secret: {
          name: filterConfigPartName(configSecret, part),
          items: [{ key: 'chunk', path: `parts/${String(part).padStart(3, '0')}` }],
          optional: true,
        },
      })),
    ],
  },
});

/** Steps that add items to a list that may not be there yet. */
function append(path: string, list: readonly unknown[] | undefined, items: readonly unknown[]): PatchStep[] {
  if (items.length === 0) return [];
  if (list === undefined) return [{ op: 'add', path, value: items }];
  return items.map((value) => ({ op: 'add', path: `${path}/-`, value }));
}

/** A webhook that ran after ours has changed the pod, and ours is asked again: only what is missing is added. */
function completeSidecar(pod: Pod, list: 'containers' | 'initContainers', name: string): PatchStep[] {
  const containers = pod.spec?.[list] ?? [];
  const index = containers.findIndex((container) => container.name === name);
  const sidecar = containers[index];
  if (sidecar === undefined) return [];
  const { env = [], volumeMounts = [] } = awsIdentity(pod, sidecar);
  const path = `/spec/${list}/${index}`;
  return [
    ...append(`${path}/env`, sidecar.env, env),
    ...append(`${path}/volumeMounts`, sidecar.volumeMounts, volumeMounts),
  ];
}

function mountSocket(pod: Pod, defaults: SidecarDefaults): PatchStep[] {
  return (pod.spec?.containers ?? []).flatMap(({ name, volumeMounts }, index) => {
    if (name !== 'envoy' || names(volumeMounts).has(sidecarVolumes.socket)) return [];
    return append(`/spec/containers/${index}/volumeMounts`, volumeMounts, [socketMount(defaults)]);
  });
}

/** How a pod of a Gateway's proxies is changed so that the external processor runs beside Envoy; idempotent. */
export function injectSidecar(pod: Pod, gateway: GatewaySidecar, defaults: SidecarDefaults): PatchStep[] {
  const { spec = {} } = pod;
  const { containerName, isNative, imagePullSecrets } = defaults;
  for (const list of ['initContainers', 'containers'] as const) {
    if (names(spec[list]).has(containerName)) return completeSidecar(pod, list, containerName);
  }
  const list = isNative ? 'initContainers' : 'containers';
  const sidecar = withAwsIdentity(pod, sidecarContainer(defaults, gateway.overrides));
  const volumes = [{ name: sidecarVolumes.socket, emptyDir: {} }, configVolume(gateway.configSecret)];
  const known = names(spec.imagePullSecrets);
  return [
    ...append(`/spec/${list}`, spec[list], [sidecar]),
    ...mountSocket(pod, defaults),
    ...append('/spec/volumes', spec.volumes, volumes),
    ...append(
      '/spec/imagePullSecrets',
      spec.imagePullSecrets,
      imagePullSecrets.filter(({ name }) => !known.has(name)),
    ),
  ];
}
