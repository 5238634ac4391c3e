import { join } from 'node:path';
import {
  type CredentialOptions,
  mockCredentials,
  type MockProviders,
  startMockProviders,
} from '@aigw/mock-providers';
import { findFreePort } from '../src/launchers/free-port.ts';
import { waitUntil } from '../src/wait-until.ts';
import { type ApiServer, startApiServer, startApiServerWithDefinitions } from './api-server.ts';
import { findBinary } from './binaries/binaries.ts';
import { type ChartArguments, envoyGatewayNamespace, installCharts, ownNamespace } from './charts.ts';
import { startTokenExchange } from './eks/token-exchange.ts';
import { createImages, trustedAuthorities } from './images.ts';
import type { PodProcess } from './kubelet/pod-process.ts';
import { type ProcessKubelet, startKubelet } from './kubelet/process-kubelet.ts';
import { startNameServer } from './network/name-server.ts';
import { nodeAddress, podIdentityAddress } from './network/node-network.ts';
import { startRelay } from './network/relay.ts';
import { startServiceNetwork } from './network/services.ts';
import { type Program, startProgram } from './program.ts';
import { startTlsFront } from './tls-front.ts';

/** A Kubernetes cluster of plain processes: an API server, controllers, one node, and a network of Services and names. */
export interface EmptyCluster {
  readonly server: ApiServer;
  readonly kubelet: ProcessKubelet;
  /** The providers, under the names and on the port that they have in the world. */
  readonly mock: MockProviders;
  /** Where the mock speaks TLS. */
  readonly mockTlsPort: number;
  /** How long it takes to resolve a name, in milliseconds; at first no time at all. */
  readonly setNameDelay: (ms: number) => void;
  /** The end of everything that programs have written, for the message of a failure. */
  readonly logs: () => string;
  readonly stop: () => Promise<void>;
}

/** What the charts install, and what Envoy Gateway makes. */
export type Part = 'controller' | 'envoyGateway' | 'proxy';

/** A cluster with Envoy Gateway and our controller in it. */
export interface ProcessCluster extends EmptyCluster {
  /** The address of the first Gateway; a listener on another port has the same address. */
  readonly url: string;
  /** The pods of a part that run. */
  pods(part: Part): readonly PodProcess[];
  /** Ends the processes of a part at once; resolves when they are ready again. */
  restart(part: Part): Promise<void>;
  /** Changes the number of its pods; resolves when there are as many. */
  scale(part: 'controller' | 'envoyGateway', replicas: number): Promise<void>;
}

/** The names that lead to the mock inside the cluster. */
const mockHosts = [
  'bedrock-runtime.us-east-1.amazonaws.com',
  'bedrock-runtime.us-west-2.amazonaws.com',
  'sts.us-east-1.amazonaws.com',
  'sts.amazonaws.com',
  'api.anthropic.com',
  'api.openai.com',
];

const partLabels: Readonly<Record<Part, Readonly<Record<string, string>>>> = {
  controller: { 'app.kubernetes.io/component': 'controller', 'app.kubernetes.io/name': 'ai-gateway' },
  envoyGateway: { 'control-plane': 'envoy-gateway' },
  proxy: { 'app.kubernetes.io/name': 'envoy' },
};

const deployments = {
  controller: { namespace: ownNamespace, name: 'ai-gateway-controller' },
  envoyGateway: { namespace: envoyGatewayNamespace, name: 'envoy-gateway' },
} as const;

async function startControllerManager(server: ApiServer): Promise<Program> {
  const controllers = [
    ...['deployment', 'replicaset', 'daemonset', 'job', 'disruption', 'garbage-collector', 'namespace'],
    ...['endpointslice', 'serviceaccount', 'serviceaccount-token', 'root-ca-certificate-publisher'],
    ...['ttl-after-finished'],
  ];
  return startProgram('kube-controller-manager', await findBinary('kube-controller-manager'), {
    logFolder: join(server.folder, 'logs'),
    args: [
      ...[`--kubeconfig=${server.kubeconfig}`, '--leader-elect=false', '--bind-address=127.0.0.1'],
      ...[`--secure-port=${await findFreePort()}`, `--cert-dir=${join(server.folder, 'run')}`],
      `--service-account-private-key-file=${server.signingKey}`,
      `--root-ca-file=${server.authority.certificate}`,
      `--controllers=${controllers.map((name) => `${name}-controller`).join(',')}`,
    ],
  });
}

interface Stoppable {
  readonly stop: () => Promise<void>;
}

interface Parts extends Stoppable {
  readonly track: <P extends Stoppable>(part: P) => P;
}

/** Parts in the order of their start; they are stopped in the opposite one. */
function createParts(): Parts {
  const parts: Stoppable[] = [];
  return {
    track: (part) => {
      parts.push(part);
      return part;
    },
    stop: async () => {
      for (const part of parts.splice(0).reverse()) await part.stop();
    },
  };
}

function writtenBy(pods: readonly PodProcess[], problems: readonly string[]): string {
  const end = (text: string): string => text.slice(-4_000);
  return pods
    .flatMap(({ name, programs }) =>
      [...programs].map(([container, program]) => `== ${name} ${container}\n${end(program.log())}`),
    )
    .concat(`== kubelet\n${problems.join('\n')}`)
    .join('\n');
}

async function startAround(
  server: ApiServer,
  { track }: Parts,
  credentials: CredentialOptions,
): Promise<EmptyCluster> {
  const { authority } = server;
  const manager = await startControllerManager(server);
  track({ stop: () => manager.stop('SIGKILL') });
  const mock = await startMockProviders({ ...credentials, host: nodeAddress });
  track({ stop: () => mock.close() });
  const atMock = { address: nodeAddress, port: mock.port };
  const exchange = track(await startTokenExchange(server.api, mock));
  const mockTlsPort = 443;
  track(
    await startTlsFront(
      authority.issue('providers', mockHosts),
      { address: nodeAddress, port: mockTlsPort },
      (name) => (name.startsWith('sts.') ? exchange.at : atMock),
    ),
  );
  track(await startRelay({ address: podIdentityAddress, port: 80 }, () => [exchange.at]));
  const problems: string[] = [];
  const services = track(startServiceNetwork(server.api, problems));
  const names = track(
    await startNameServer(nodeAddress, (name) =>
      mockHosts.includes(name) ? [nodeAddress] : services.findAddresses(name),
    ),
  );
  const kubelet = track(
    await startKubelet({
      server,
      images: await createImages(process.env['E2E_CLUSTER_ENVOY'] ?? 'envoy'),
      binds: { [trustedAuthorities]: { source: authority.certificate } },
    }),
  );
  const logs = (): string => writtenBy(kubelet.pods(), [...kubelet.problems(), ...problems]);
  return {
    ...{ server, kubelet, mock, mockTlsPort, logs },
    setNameDelay: (ms) => names.setDelay(ms),
    stop: () => Promise.resolve(),
  };
}

async function startWith(
  startServer: () => Promise<ApiServer>,
  credentials: CredentialOptions = {},
): Promise<EmptyCluster> {
  const parts = createParts();
  try {
    const server = parts.track(await startServer());
    return { ...(await startAround(server, parts, credentials)), stop: parts.stop };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** Starts a cluster in which nothing is installed. */
export const startEmptyCluster = (): Promise<EmptyCluster> => startWith(startApiServer);

const isAvailable = async (
  { api }: ApiServer,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<boolean> => {
  const { body } = await api.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  const { replicas } = (body['spec'] ?? {}) as { replicas?: number };
  const { observedGeneration, readyReplicas = 0, replicas: present = 0 } = body['status'] ?? {};
  return (
    observedGeneration === body.metadata.generation && readyReplicas === replicas && present === replicas
  );
};

async function waitForParts({ server, logs }: EmptyCluster, ...parts: readonly (keyof typeof deployments)[]) {
  for (const part of parts) {
    const { name } = deployments[part];
    await waitUntil(`${name} available`, () => isAvailable(server, deployments[part]), {
      withinMs: 180_000,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${logs()}`, { cause: error });
    });
  }
}

/** What of a cluster is not as it is by default. */
export interface ProcessClusterOptions extends ChartArguments {
  /** Of the mock: how long what it gives is good. */
  readonly credentials?: CredentialOptions;
}

/** Starts a cluster and installs both charts in it, as the guide says. */
export async function startProcessCluster({
  credentials,
  ...charts
}: ProcessClusterOptions = {}): Promise<ProcessCluster> {
  const cluster = await startWith(() => startApiServerWithDefinitions({ envoyGateway: true }), credentials);
  try {
    await installCharts(cluster.server, charts).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${cluster.logs()}`, { cause: error });
    });
    await waitForParts(cluster, 'envoyGateway', 'controller');
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  const pods = (part: Part): readonly PodProcess[] => cluster.kubelet.pods(partLabels[part]);
  return {
    ...cluster,
    url: 'http://10.98.0.1',
    pods,
    restart: async (part) => {
      const containers = pods(part).flatMap((pod) => [...pod.containers.values()]);
      const before = containers.map(({ restarts }) => restarts);
      for (const container of containers) container.kill('SIGKILL');
      await waitUntil(
        `${part} ready again`,
        () =>
          containers.every(({ restarts }, at) => restarts > (before[at] ?? 0)) &&
          pods(part).every((pod) => pod.isReady()),
        { withinMs: 180_000 },
      );
    },
    scale: async (part, replicas) => {
      const { namespace, name } = deployments[part];
      const args = ['scale', `deployment/${name}`, '-n', namespace, `--replicas=${replicas}`];
      await cluster.server.mustKubectl(args);
      await waitForParts(cluster, part);
    },
  };
}

/** The credentials that the mock takes, as the user of an example would write them into it. */
export function withMockCredentials(yaml: string): string {
  const { aws, anthropicApiKey } = mockCredentials;
  return yaml
    .replace(/= AWS_ACCESS_KEY_ID\b/, `= ${aws.accessKeyId}`)
    .replace(/= AWS_SECRET_ACCESS_KEY\b/, `= ${aws.secretAccessKey}`)
    .replace(/: ANTHROPIC_API_KEY\b/, `: ${anthropicApiKey}`);
}
