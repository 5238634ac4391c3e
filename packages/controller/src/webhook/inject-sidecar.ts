import type { ExtProcContainer } from '@aigw/api-types';
import type { Sha256Hex } from '@aigw/planner';
import { digestSidecar, sidecarDigestAnnotation } from './sidecar-digest.ts';
import type { Container, Named, PatchStep, Pod, VolumeMount } from './pod.ts';
import { type SidecarDefaults, sidecarContainer, sidecarVolumes, socketMount } from './sidecar-container.ts';
import { sidecarPodVolumes } from './sidecar-volumes.ts';

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

/** The label by which users find pods with the processor, unless the pod has another one of that name. */
function labelPod({ metadata = {} }: Pod): PatchStep[] {
  const app = 'ai-gateway-extproc';
  const { labels } = metadata;
  if (labels === undefined) return [{ op: 'add', path: '/metadata/labels', value: { app } }];
  return labels['app'] === undefined ? [{ op: 'add', path: '/metadata/labels/app', value: app }] : [];
}

/** Whose log kubectl shows where no container is named. @see https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-default-container */
const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';

/**
 * Says which sidecar it is; the pod's template may say which one was wanted, and that is not for sure the same. `kubectl logs`
 * then means the processor, by whose label pods are looked for, unless the pod says otherwise.
 */
function annotatePod({ metadata = {} }: Pod, containerName: string, digest: string): PatchStep[] {
  const { annotations } = metadata;
  const all = {
    [defaultContainerAnnotation]: containerName,
    ...annotations,
    [sidecarDigestAnnotation]: digest,
  };
  if (annotations === undefined) return [{ op: 'add', path: '/metadata/annotations', value: all }];
  return Object.entries(all)
    .filter(([name, value]) => annotations[name] !== value)
    .map(([name, value]) => ({ op: 'add', path: `/metadata/annotations/${name.replace('/', '~1')}`, value }));
}

/** How a pod of a Gateway's proxies is changed so that the external processor runs beside Envoy; idempotent. */
export function injectSidecar(
  pod: Pod,
  gateway: GatewaySidecar,
  defaults: SidecarDefaults,
  sha256Hex: Sha256Hex,
): PatchStep[] {
  const { spec = {} } = pod;
  const { containerName, isNative, imagePullSecrets } = defaults;
  for (const list of ['initContainers', 'containers'] as const) {
    if (names(spec[list]).has(containerName)) return completeSidecar(pod, list, containerName);
  }
  const list = isNative ? 'initContainers' : 'containers';
  const sidecar = withAwsIdentity(pod, sidecarContainer(defaults, gateway.overrides));
  const { configSecret } = gateway;
  const known = names(spec.imagePullSecrets);
  return [
    ...labelPod(pod),
    ...annotatePod(pod, containerName, digestSidecar(gateway, defaults, sha256Hex)),
    ...append(`/spec/${list}`, spec[list], [sidecar]),
    ...mountSocket(pod, defaults),
    ...append('/spec/volumes', spec.volumes, sidecarPodVolumes(configSecret)),
    ...append(
      '/spec/imagePullSecrets',
      spec.imagePullSecrets,
      imagePullSecrets.filter(({ name }) => !known.has(name)),
    ),
  ];
}
