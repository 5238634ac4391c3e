import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

/** The node's own address, which pods reach. */
export const nodeAddress = '10.244.0.1';
/** The address of EKS's Pod Identity agent, which is on every node. */
export const podIdentityAddress = '169.254.170.23';
/** Addresses of Services, and of load balancers. */
export const serviceRange = '10.96.0.0/16';
export const loadBalancerRange = '10.98.0.0/24';

const bridge = 'cni0';
/** Locally administered (IEEE 802). */
const bridgeMac = '02:00:0a:f4:00:01';

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** Makes the node's side of the network; once, in namespaces of our own. */
export function createNodeNetwork(): void {
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  mkdirSync('/run/netns');
  ip('link', 'set', 'lo', 'up');
  // Without one of its own a bridge has the least address of its ports: pods would lose it whenever another comes or goes.
  ip('link', 'add', bridge, 'address', bridgeMac, 'type', 'bridge');
  ip('addr', 'add', `${nodeAddress}/16`, 'dev', bridge);
  ip('addr', 'add', `${podIdentityAddress}/32`, 'dev', 'lo');
  ip('link', 'set', bridge, 'up');
  // Every address of these ranges is this node's: whoever listens on one has it.
  for (const range of [serviceRange, loadBalancerRange]) ip('route', 'add', 'local', range, 'dev', 'lo');
  // What leads nowhere is refused at once, and not left without an answer.
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
}

/** The network of one pod. */
export interface PodNetwork {
  readonly address: string;
  /** In front of a command: runs it in this network. */
  readonly enter: readonly string[];
  remove(): void;
}

let last = 0;

/** A network of its own with one address, which every other pod and the node reach. */
export function createPodNetwork(): PodNetwork {
  last += 1;
  const [name, host] = [`pod${last}`, `veth${last}`];
  const address = `10.244.${last >> 8}.${last & 255}`;
  if (address === nodeAddress || (last & 255) === 255) return createPodNetwork();
  const enter = ['nsenter', `--net=/run/netns/${name}`];
  ip('netns', 'add', name);
  ip('link', 'add', host, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
  ip('link', 'set', host, 'master', bridge, 'up');
  const inside = (...args: string[]): void => ip('-n', name, ...args);
  inside('link', 'set', 'lo', 'up');
  inside('addr', 'add', `${address}/16`, 'dev', 'eth0');
  inside('link', 'set', 'eth0', 'up');
  inside('route', 'add', 'default', 'via', nodeAddress);
  return { address, enter, remove: () => ip('netns', 'delete', name) };
}
