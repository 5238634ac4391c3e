import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../src/launchers/free-port.ts';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { waitUntil } from '../src/wait-until.ts';
import { findBinary, findEnvoyGatewayDefinitions } from './binaries/binaries.ts';
import { type Authority, createAuthority, createSigningKeys } from './certificates.ts';
import { createKubeApi, type KubeApi } from './kube-api.ts';
import { type Program, startProgram } from './program.ts';

const run = promisify(execFile);

const adminToken = 'admin-token';

/** The resource definitions of this repository. */
const ownDefinitions = join(repositoryRoot, 'charts/ai-gateway/charts/ai-gateway-crds/templates');

/** How `kubectl` ended. */
export interface KubectlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real kube-apiserver with etcd behind it, on this machine alone. */
export interface ApiServer {
  /** Such as `https://127.0.0.1:20443`. */
  readonly url: string;
  /** The path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Everything of this cluster; gone after `stop`. */
  readonly folder: string;
  readonly authority: Authority;
  readonly api: KubeApi;
  /** Runs kubectl of the server's version to its end. */
  kubectl(args: readonly string[], input?: string): Promise<KubectlResult>;
  /** The same, for what must succeed; returns its output. */
  mustKubectl(args: readonly string[], input?: string): Promise<string>;
  /** Installs resource definitions and waits until they are served. */
  applyDefinitions(paths: readonly string[]): Promise<void>;
  /** Ends the server alone and starts it again, on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

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
  const [port, client, peer] = [await findFreePort(), await findFreePort(), await findFreePort()];
  return { folder, logs, port, etcdUrl: `http://127.0.0.1:${client}`, etcdPeer: `http://127.0.0.1:${peer}` };
}

function startEtcd({ folder, logs, etcdUrl, etcdPeer }: Layout & { etcdPeer: string }): Program {
  return startProgram('etcd', 'etcd', {
    logFolder: logs,
    args: [
      ...['--data-dir', join(folder, 'etcd'), '--log-level', 'warn', '--unsafe-no-fsync'],
      ...['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl],
      ...['--listen-peer-urls', etcdPeer, '--initial-advertise-peer-urls', etcdPeer],
      ...['--initial-cluster', `default=${etcdPeer}`],
    ],
  });
}

function serverArguments({ folder, etcdUrl, port }: Layout, authority: Authority): string[] {
  const serving = authority.issue('apiserver', [
    'localhost',
    '127.0.0.1',
    'kubernetes.default.svc',
    '10.96.0.1',
  ]);
  const client = authority.issue('kubelet-client', ['kube-apiserver']);
  const signing = createSigningKeys(folder);
  const tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, `${adminToken},admin,admin,"system:masters"\n`);
  return [
    `--etcd-servers=${etcdUrl}`,
    ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`],
    ...[`--tls-cert-file=${serving.certificate}`, `--tls-private-key-file=${serving.key}`],
    `--client-ca-file=${authority.certificate}`,
    `--token-auth-file=${tokens}`,
    `--service-account-key-file=${signing.publicKey}`,
    `--service-account-signing-key-file=${signing.privateKey}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    // Nobody makes the ServiceAccounts that pods name; there is no node that could be asked for an address.
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
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

function runKubectl(
  binary: string,
  { folder, kubeconfig }: { folder: string; kubeconfig: string },
  args: readonly string[],
  input = '',
): Promise<KubectlResult> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: kubeconfig };
  const child = spawn(binary, args, { env, cwd: repositoryRoot });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
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

/** Starts etcd and kube-apiserver (about 3 seconds), with no resource definitions but Kubernetes' own. */
export async function startApiServer(): Promise<ApiServer> {
  const [binary, kubectlBinary] = [await findBinary('kube-apiserver'), await findBinary('kubectl')];
  const layout = await prepare();
  const { folder, logs, port } = layout;
  const authority = createAuthority(folder);
  const url = `https://127.0.0.1:${port}`;
  const kubeconfig = writeKubeconfig(folder, url, authority);
  const api = createKubeApi({ url, token: adminToken, authority: readFileSync(authority.certificate) });
  const etcd = startEtcd(layout);
  const args = serverArguments(layout, authority);
  const startServer = (): Program => startProgram('kube-apiserver', binary, { args, logFolder: logs });
  let server = startServer();
  const stopServer = (): Promise<void> => server.stop('SIGKILL');
  const kubectl = (list: readonly string[], input?: string): Promise<KubectlResult> =>
    runKubectl(kubectlBinary, { folder, kubeconfig }, list, input);
  const mustKubectl = async (list: readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(list, input);
    if (code !== 0) throw new Error(`kubectl ${list.join(' ')}: ${stderr || stdout}`);
    return stdout;
  };
  const stop = async (): Promise<void> => {
    // With watches open, or with etcd gone, it takes minutes to end by itself.
    await stopServer();
    await etcd.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitReady(server, api);
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
    kubectl,
    mustKubectl,
    applyDefinitions: async (paths) => {
      await mustKubectl(['apply', '--server-side', ...paths.flatMap((path) => ['-f', path])]);
      await mustKubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    },
    restart: async () => {
      await stopServer();
      server = startServer();
      await waitReady(server, api);
    },
    stop,
  };
}

/** Our definitions alone: enough for tables of validation and defaulting. */
export async function startApiServerWithDefinitions({ envoyGateway = false } = {}): Promise<ApiServer> {
  const server = await startApiServer();
  try {
    const others = envoyGateway ? await envoyGatewayDefinitions() : [];
    await server.applyDefinitions([ownDefinitions, ...others]);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function envoyGatewayDefinitions(): Promise<string[]> {
  const folder = await findEnvoyGatewayDefinitions();
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
