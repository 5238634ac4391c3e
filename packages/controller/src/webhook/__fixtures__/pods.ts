import { createHash } from 'node:crypto';
import type { PatchStep, Pod } from '../pod.ts';
import type { SidecarDefaults } from '../sidecar-container.ts';

export const defaults: SidecarDefaults = {
  containerName: 'ai-gateway-extproc',
  image: 'registry.example.com/ai-gateway/extproc:v0.1.0',
  imagePullPolicy: 'IfNotPresent',
  logLevel: 'info',
  logFormat: 'json',
  adminPort: 1064,
  passed: [],
  socket: '/etc/ai-gateway-extproc-uds/run.sock',
  env: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example.com' }],
  imagePullSecrets: [],
  configServer: 'https://ai-gateway-controller.system.svc:9443',
  isNative: true,
};

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

export const gateway = { configSecret: 'gw-default-0123456789ab' };

/** A proxy's pod as Envoy Gateway makes it, in short. */
export const proxyPod: Pod = {
  metadata: {
    namespace: 'envoy-gateway-system',
    labels: {
      'app.kubernetes.io/managed-by': 'envoy-gateway',
      'gateway.envoyproxy.io/owning-gateway-name': 'gw',
      'gateway.envoyproxy.io/owning-gateway-namespace': 'default',
    },
  },
  spec: {
    containers: [
      { name: 'envoy', volumeMounts: [{ name: 'certs', mountPath: '/certs', readOnly: true }] },
      { name: 'shutdown-manager' },
    ],
    volumes: [{ name: 'certs' }, { name: 'sds' }],
  },
};

type Tree = Record<string, unknown> | unknown[];

function addAt(tree: Tree, [key = '', ...rest]: string[], value: unknown): void {
  if (Array.isArray(tree)) {
    if (rest.length > 0) addAt(tree[Number(key)] as Tree, rest, value);
    else tree.splice(key === '-' ? tree.length : Number(key), 0, value);
  } else if (rest.length > 0) addAt(tree[key] as Tree, rest, value);
  else tree[key] = value;
}

/** The pod after the steps. */
export function applySteps(pod: Pod, steps: readonly PatchStep[]): Pod {
  const copy = structuredClone(pod);
  for (const { path, value } of steps) {
    const keys = path.split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    addAt(copy as Tree, keys, structuredClone(value));
  }
  return copy;
}
