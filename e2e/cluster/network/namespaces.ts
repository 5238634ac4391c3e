import { spawnSync } from 'node:child_process';

/** Set for what runs inside of {@link enterNamespaces}. */
const insideVariable = 'E2E_CLUSTER_INSIDE';

/** A network, mounts and processes of its own: nothing of it meets the machine's, and all of it ends together. */
const own = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Whoever is not root is root of namespaces that hold nothing but the cluster. */
const asRoot = (): string[] => (process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']);

/** What the network of pods is made of. */
const trial =
  'ip link set lo up && ip link add e2e0 type bridge && mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add e2e';

/** Why this machine has no namespaces for us, in words for its user; `undefined` when it has. */
export function findMissingNamespaces(): string | undefined {
  const { status, stderr, error } = spawnSync('unshare', [...asRoot(), ...own, 'sh', '-c', trial], {
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  return `namespaces of its own are not to be had here: ${error?.message ?? stderr.trim()}`;
}

/** Whether this process is in namespaces of a cluster's own. */
export const isInside = (): boolean => process.env[insideVariable] !== undefined;

/** Runs a program to its end in new namespaces and returns its exit code. Their network is down. */
export function enterNamespaces(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): number {
  const { status } = spawnSync('unshare', [...asRoot(), ...own, command, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env, [insideVariable]: '1' },
  });
  return status ?? 1;
}
