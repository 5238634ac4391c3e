import { homedir } from 'node:os';
import { createKubectl, type Kubectl } from './kubectl.ts';
import { type ProcessCluster, startProcessCluster } from './process-cluster.ts';

/** A cluster with Envoy Gateway and our chart in it, whoever runs it. */
export interface Cluster {
  readonly server: Kubectl;
  /** The address of the Gateway of the examples. */
  readonly url: string;
  /** What only a cluster of our own has: its processes, and providers that are the mock. */
  readonly processes: ProcessCluster | undefined;
  /** For the message of a failure. */
  logs(): string;
  stop(): Promise<void>;
}

/** The kubeconfig of a cluster that somebody else runs, and its Gateway's address. */
const { E2E_KUBECONFIG: kubeconfig, E2E_CLUSTER_URL: gatewayUrl } = process.env;

/** Whether tests run against a cluster of somebody else's. */
export const isExisting = kubeconfig !== undefined;

/** `test` for what ends processes or asks providers: against somebody else's cluster it is left out. */
export const testOwn: jest.It = isExisting ? test.skip : test;

/** A cluster of processes; or, with `E2E_KUBECONFIG`, the one that it leads to. */
export async function launchCluster(): Promise<Cluster> {
  if (kubeconfig === undefined) {
    const processes = await startProcessCluster();
    const { server, url, logs, stop } = processes;
    return { server, url, processes, logs, stop };
  }
  if (gatewayUrl === undefined) throw new Error('E2E_CLUSTER_URL: expected the address of the Gateway');
  return {
    server: createKubectl(kubeconfig, homedir()),
    url: gatewayUrl.replace(/\/$/, ''),
    processes: undefined,
    logs: () => 'see the logs of its pods',
    stop: () => Promise.resolve(),
  };
}
