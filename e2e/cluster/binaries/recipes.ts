import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Kubernetes' version; the same libraries as those of Envoy Gateway's controller. */
export const kubernetesVersion = '1.36.2';
/** The Envoy Gateway that the gateway is made for. */
export const envoyGatewayVersion = '1.8.1';
const helmVersion = '3.22.0';

/** The programs of a cluster that are built here. */
export type BinaryName = 'kube-apiserver' | 'kube-controller-manager' | 'kubectl' | 'envoy-gateway' | 'helm';

/** How one program is built. */
export interface Recipe {
  readonly name: BinaryName;
  /** The folder of the cache that holds it: another content has another name. */
  readonly key: string;
  /** Arguments of `go` that leave the program in `folder`. */
  readonly args: (folder: string) => string[];
  /** The module that it is built in; any folder when it is a module of its own. */
  readonly module?: string;
}

const kubernetesModule = join(import.meta.dirname, 'kubernetes');

/** The version is stamped by the linker: programs that ask the server for it decide by it what it can do. */
function kubernetesFlags(): string {
  const [major, minor] = kubernetesVersion.split('.');
  const stamped = { gitVersion: `v${kubernetesVersion}`, gitMajor: major, gitMinor: minor };
  const stamps = Object.entries(stamped).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value ?? ''}`,
  );
  return ['-s', '-w', ...stamps].join(' ');
}

function kubernetesRecipe(name: BinaryName): Recipe {
  const sums = readFileSync(join(kubernetesModule, 'go.sum'));
  const digest = createHash('sha256').update(sums).update(kubernetesFlags()).digest('hex').slice(0, 12);
  return {
    name,
    key: `kubernetes-${kubernetesVersion}-${digest}`,
    module: kubernetesModule,
    args: (folder) => [
      ...['build', '-trimpath', '-tags', 'netgo,providerless'],
      ...['-ldflags', kubernetesFlags(), '-o', join(folder, name), `k8s.io/kubernetes/cmd/${name}`],
    ],
  };
}

const installed = (name: BinaryName, source: string, version: string): Recipe => ({
  name,
  key: `${name}-${version}`,
  args: () => ['install', '-trimpath', '-ldflags', '-s -w', `${source}@v${version}`],
});

/** How each program is built. */
export const recipes: Readonly<Record<BinaryName, Recipe>> = {
  'kube-apiserver': kubernetesRecipe('kube-apiserver'),
  'kube-controller-manager': kubernetesRecipe('kube-controller-manager'),
  kubectl: kubernetesRecipe('kubectl'),
  'envoy-gateway': installed(
    'envoy-gateway',
    'github.com/envoyproxy/gateway/cmd/envoy-gateway',
    envoyGatewayVersion,
  ),
  helm: installed('helm', 'helm.sh/helm/v3/cmd/helm', helmVersion),
};
