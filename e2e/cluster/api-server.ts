import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../src/launchers/free-port.ts';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { waitUntil } from '../src/wait-until.ts';
import { findBinary, findEnvoyGatewayChart } from './binaries/binaries.ts';
import { type Authority, createAuthority, createSigningKeys } from './certificates.ts';
import { createKubeApi, type KubeApi } from './kube-api.ts';
import { createKubectl, type Kubectl } from './kubectl.ts';
import { findDefinitionsSnapshot } from './definitions-snapshot.ts';
import { isInside } from './network/namespaces.ts';
import { nodeAddress, serviceRange } from './network/node-network.ts';
import { type Program, startProgram } from './program.ts';

const run = promisify(execFile);

const adminToken = 'admin-token';

/** The resource definitions of this repository. */
const ownDefinitions = join(repositoryRoot, 'charts/ai-gateway/charts/ai-gateway-crds/templates');

/** What an API server is made of. */
export type ServerPart = (typeof parts)[number];

const parts = ['etcd', 'kube-apiserver'] as const;

/** A real kube-apiserver with etcd behind it, on this machine alone. */
export interface ApiServer extends Kubectl {
  /** Such as `https://127.0.0.1:20443`. */
  readonly url: string;
  /** The path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Everything of this cluster; gone after `stop`. */
  readonly folder: string;
  readonly authority: Authority;
  readonly api: KubeApi;
  /** Installs resource definitions and waits until they are served. */
  applyDefinitions(paths: readonly string[]): Promise<void>;
  /** The key with which tokens of ServiceAccounts are signed. */
  readonly signingKey: string;
  /** Ends the server alone and starts it again, on the same data. */
  restart(): Promise<void>;
  /** Ends one of the two at once. */
  kill(part: ServerPart): Promise<void>;
  /** Starts again what has ended; resolves when the server is ready. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Always the same: the Service `kubernetes` keeps the port of whoever made it, and a snapshot of etcd is of another server.
 * The network is our own, and servers in it follow each other.
 */
const serverPort = 6443;

interface Layout {
  readonly folder: string;
  readonly logs: string;
  readonly etcdUrl: string;
  readonly port: number;
}

async function prepare(): Promise<Layout & { etcdPeer: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'aigw-cluster-'));
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const [client, peer] = [await findFreePort(), await findFreePort()];
  return {
    folder,
    logs,
    port: serverPort,
    etcdUrl: `http://127.0.0.1:${client}`,
    etcdPeer: `http://127.0.0.1:${peer}`,
  };
}

const etcdData = (folder: string): string => join(folder, 'etcd');

function startEtcd({ folder, logs, etcdUrl, etcdPeer }: Layout & { etcdPeer: string }): Program {
  return startProgram('etcd', 'etcd', {
    logFolder: logs,
    args: [
      ...['--data-dir', etcdData(folder), '--log-level', 'warn', '--unsafe-no-fsync'],
      ...['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl],
      ...['--listen-peer-urls', etcdPeer, '--initial-advertise-peer-urls', etcdPeer],
      ...['--initial-cluster', `default=${etcdPeer}`],
    ],
  });
}

/** Under which pods and this node know the server. */
const serverNames = [
  ...['localhost', '127.0.0.1', nodeAddress, '10.96.0.1'],
  ...['kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
];

function serverArguments(
  { folder, etcdUrl, port }: Layout,
  authority: Authority,
  signing: { readonly privateKey: string; readonly publicKey: string },
): string[] {
  const serving = authority.issue('apiserver', serverNames);
  const client = authority.issue('kubelet-client', ['kube-apiserver']);
  const tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, `${adminToken},admin,admin,"system:masters"\n`);
  return [
    `--etcd-servers=${etcdUrl}`,
    ...['--bind-address=0.0.0.0', `--advertise-address=${nodeAddress}`, `--secure-port=${port}`],
    ...[`--tls-cert-file=${serving.certificate}`, `--tls-private-key-file=${serving.key}`],
    `--client-ca-file=${authority.certificate}`,
    `--token-auth-file=${tokens}`,
    `--service-account-key-file=${signing.publicKey}`,
    `--service-account-signing-key-file=${signing.privateKey}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-cluster-ip-range=${serviceRange}`,
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--enable-priority-and-fairness=false',
    `--kubelet-client-certificate=${client.certificate}`,
    `--kubelet-client-key=${client.key}`,
    `--kubelet-certificate-authority=${authority.certificate}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--cert-dir=${join(folder, 'run')}`,
  ];
}

function writeKubeconfig(folder: string, url: string, authority: Authority): string {
  const path = join(folder, 'kubeconfig');
  const cluster = { server: url, 'certificate-authority': authority.certificate };
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'e2e', cluster }],
      users: [{ name: 'admin', user: { token: adminToken } }],
      contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'admin' } }],
      'current-context': 'e2e',
    }),
  );
  return path;
}

async function waitReady(server: Program, api: KubeApi): Promise<void> {
  await waitUntil(
    'kube-apiserver ready',
    async () => {
      if (server.hasEnded()) throw new Error(`kube-apiserver ended:\n${server.log().slice(-3000)}`);
      return (await api.request('GET', '/readyz').catch(() => undefined))?.status === 200;
    },
    { withinMs: 120_000 },
  );
}

/**
 * Starts etcd and kube-apiserver (about 3 seconds), with no resource definitions but Kubernetes' own.
 * @param data - a folder of etcd's data to start with
 */
export async function startApiServer(data?: string): Promise<ApiServer> {
  if (!isInside()) throw new Error('a cluster needs a network of its own: npm run e2e:cluster');
  const binary = await findBinary('kube-apiserver');
  const layout = await prepare();
  const { folder, logs, port } = layout;
  if (data !== undefined) cpSync(data, etcdData(folder), { recursive: true });
  const authority = createAuthority(folder);
  const signing = createSigningKeys(folder);
  const url = `https://127.0.0.1:${port}`;
  const kubeconfig = writeKubeconfig(folder, url, authority);
  const kubectl = createKubectl(kubeconfig, folder);
  const api = createKubeApi({ url, token: adminToken, authority: readFileSync(authority.certificate) });
  const args = serverArguments(layout, authority, signing);
  const starters: Readonly<Record<ServerPart, () => Program>> = {
    etcd: () => startEtcd(layout),
    'kube-apiserver': () => startProgram('kube-apiserver', binary, { args, logFolder: logs }),
  };
  const programs = { etcd: starters.etcd(), 'kube-apiserver': starters['kube-apiserver']() };
  // With watches open, or with etcd gone, the server takes minutes to end by itself.
  const kill = (part: ServerPart): Promise<void> => programs[part].stop('SIGKILL');
  const revive = async (): Promise<void> => {
    for (const part of parts) if (programs[part].hasEnded()) programs[part] = starters[part]();
    await waitReady(programs['kube-apiserver'], api);
  };
  const stop = async (): Promise<void> => {
    await kill('kube-apiserver');
    await kill('etcd');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitReady(programs['kube-apiserver'], api);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    kubeconfig,
    folder,
    authority,
    api,
    ...kubectl,
    applyDefinitions: async (paths) => {
      await kubectl.mustKubectl(['apply', '--server-side', ...paths.flatMap((path) => ['-f', path])]);
      await kubectl.mustKubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    },
    signingKey: signing.privateKey,
    restart: async () => {
      await kill('kube-apiserver');
      await revive();
    },
    kill,
    revive,
    stop,
  };
}

/** Our definitions alone: enough for tables of validation and defaulting. */
export async function startApiServerWithDefinitions({ envoyGateway = false } = {}): Promise<ApiServer> {
  const paths = [ownDefinitions, ...(envoyGateway ? await envoyGatewayDefinitions() : [])];
  const snapshot = findDefinitionsSnapshot(paths, serverPort);
  const server = await startApiServer(snapshot.exists() ? snapshot.folder : undefined);
  if (snapshot.exists()) return server;
  try {
    await server.applyDefinitions(paths);
    await server.kill('kube-apiserver');
    await server.kill('etcd');
    snapshot.keep(etcdData(server.folder));
    await server.revive();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function envoyGatewayDefinitions(): Promise<string[]> {
  const folder = join(await findEnvoyGatewayChart(), 'charts/crds/crds');
  return [join(folder, 'gatewayapi-crds.yaml'), join(folder, 'generated')];
}

/** Runs a program to its end with the administrator's kubeconfig. */
export async function runWithKubeconfig(
  server: ApiServer,
  command: string,
  args: readonly string[],
): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: server.folder, KUBECONFIG: server.kubeconfig };
  const { stdout } = await run(command, args, { env, maxBuffer: 64 << 20 });
  return stdout;
}
