import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../src/launchers/free-port.ts';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { waitUntil } from '../src/wait-until.ts';
import { type ApiServer, startApiServerWithDefinitions } from './api-server.ts';
import { findBinary } from './binaries/binaries.ts';
import { createKubeApi, type KubeApi, type KubeObject } from './kube-api.ts';
import { plainEnvironment, type Program, startProgram } from './program.ts';

const run = promisify(execFile);

const ownNamespace = 'envoy-ai-gateway-system';
const envoyGatewayNamespace = 'envoy-gateway-system';

/** A running replica of the controller. */
export interface Replica {
  readonly program: Program;
  readonly adminUrl: string;
  /** Where the extension server and the webhook listen on this machine. */
  readonly ports: { readonly extension: number; readonly webhook: number };
}

/** What is not as it is by default. */
export interface ControllerFixtureOptions {
  /** Values of the chart, as `helm --set` takes them. */
  readonly values?: readonly string[];
  /** Further flags of the controller: those that the chart would give for the values. */
  readonly flags?: readonly string[];
}

/** An API server with the chart's objects in it, for controllers that run with the chart's own ServiceAccount. */
export interface ControllerFixture {
  readonly server: ApiServer;
  /** The API server, asked with the token of the chart's ServiceAccount. */
  readonly asController: KubeApi;
  /** @param env Further variables of its environment. */
  startReplica(name: string, env?: Readonly<Record<string, string>>): Promise<Replica>;
  /** The object, or `undefined` when there is none. */
  get(path: string): Promise<KubeObject | undefined>;
  list(path: string): Promise<readonly KubeObject[]>;
  apply(yaml: string): Promise<void>;
  stop(): Promise<void>;
}

/** The chart as `helm template` renders it. */
export async function renderChart(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(await findBinary('helm'), [
    ...['template', 'aigw', join(repositoryRoot, 'charts/ai-gateway')],
    ...['--namespace', ownNamespace, '--kube-version', '1.36.2', ...args],
  ]);
  return stdout;
}

/** The Deployment is run here, and cert-manager is played by the test. */
const withoutForeign = (yaml: string): string =>
  yaml
    .split(/^---\n/m)
    .filter((document) => !/^(kind: Deployment|apiVersion: cert-manager\.io\/\S+)$/m.test(document))
    .join('---\n');

const accountToken = async (server: ApiServer): Promise<string> =>
  (await server.mustKubectl(['create', 'token', 'ai-gateway-controller', '-n', ownNamespace])).trim();

function writeAccountKubeconfig(server: ApiServer, token: string): string {
  const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8')) as { users: { user: object }[] };
  const [user] = config.users;
  if (user !== undefined) user.user = { token };
  const path = join(server.folder, 'controller.kubeconfig');
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** What a replica is started with. */
interface ReplicaOptions {
  readonly name: string;
  readonly kubeconfig: string;
  readonly env: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
}

async function startReplica(
  server: ApiServer,
  { name, kubeconfig, env, flags }: ReplicaOptions,
): Promise<Replica> {
  const [extension, webhook, admin] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const program = startProgram(name, process.execPath, {
    logFolder: server.folder,
    args: [
      join(repositoryRoot, 'packages/controller/bin/aigw-controller.js'),
      ...['-port', `127.0.0.1:${extension}`, '-webhookPort', String(webhook)],
      ...['-adminAddr', `127.0.0.1:${admin}`, '-logFormat', 'text', ...flags],
    ],
    env: {
      ...plainEnvironment(),
      KUBECONFIG: kubeconfig,
      POD_NAMESPACE: ownNamespace,
      POD_NAME: name,
      ...env,
    },
  });
  const adminUrl = `http://127.0.0.1:${admin}`;
  await waitUntil(
    `${name} ready`,
    async () => {
      if (program.hasEnded()) throw new Error(`${name} ended:\n${program.log()}`);
      return (await fetch(`${adminUrl}/ready`).catch(() => undefined))?.ok;
    },
    { withinMs: 60_000 },
  );
  return { program, adminUrl, ports: { extension, webhook } };
}

export async function startControllerFixture({
  values = [],
  flags = [],
}: ControllerFixtureOptions = {}): Promise<ControllerFixture> {
  const server = await startApiServerWithDefinitions({ envoyGateway: true });
  for (const name of [ownNamespace, envoyGatewayNamespace]) {
    await server.mustKubectl(['create', 'namespace', name]);
  }
  const chart = await renderChart(...['crds.enabled=false', ...values].flatMap((value) => ['--set', value]));
  await server.mustKubectl(['apply', '-f', '-'], withoutForeign(chart));
  const token = await accountToken(server);
  const kubeconfig = writeAccountKubeconfig(server, token);
  const authority = readFileSync(server.authority.certificate);
  const replicas: Replica[] = [];
  return {
    server,
    asController: createKubeApi({ url: server.url, token, authority }),
    async startReplica(name, env = {}) {
      const replica = await startReplica(server, { name, kubeconfig, env, flags });
      replicas.push(replica);
      return replica;
    },
    async get(path) {
      const { status, body } = await server.api.request('GET', path);
      return status === 200 ? body : undefined;
    },
    async list(path) {
      const { body } = await server.api.request('GET', path);
      return body['items'] as readonly KubeObject[];
    },
    async apply(yaml) {
      await server.mustKubectl(['apply', '-f', '-'], yaml);
    },
    async stop() {
      await Promise.all(replicas.map(({ program }) => program.stop('SIGKILL')));
      await server.stop();
    },
  };
}
