import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { mockCredentials, type MockProviders, startMockProviders } from '@aigw/mock-providers';
import { findEnvoyBinary } from '../src/launchers/container-image.ts';
import { findFreePort } from '../src/launchers/free-port.ts';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { waitUntil } from '../src/wait-until.ts';
import { type ApiServer, runWithKubeconfig, startApiServerWithDefinitions } from './api-server.ts';
import { findBinary } from './binaries/binaries.ts';
import { type ProcessKubelet, startKubelet } from './kubelet/process-kubelet.ts';
import {
  type ControllerPorts,
  envoyGatewayConfig,
  envoyGatewayNamespace,
  ownNamespace,
  webhookManifests,
} from './manifests.ts';
import { plainEnvironment, type Program, startProgram } from './program.ts';
import { type Sandbox, sandboxArguments } from './sandbox.ts';
import { startTlsFront, type TlsFront } from './tls-front.ts';

/** A Kubernetes cluster of plain processes with Envoy Gateway and our controller in it. */
export interface ProcessCluster {
  readonly server: ApiServer;
  readonly kubelet: ProcessKubelet;
  /** The providers, under the names that they have in the world. */
  readonly mock: MockProviders;
  /** Where the mock speaks TLS. */
  readonly mockTlsPort: number;
  /** Where the listener on port 80 of a Gateway is. */
  readonly url: string;
  readonly programs: { readonly controller: Program; readonly envoyGateway: Program };
  /** Ends a program at once and starts it again; resolves when it is ready. */
  restart(name: 'controller' | 'envoyGateway'): Promise<void>;
  /** The end of everything that programs have written, for the message of a failure. */
  logs(): string;
  stop(): Promise<void>;
}

/** The names that lead to the mock inside the cluster. */
const mockHosts = [
  'bedrock-runtime.us-east-1.amazonaws.com',
  'api.anthropic.com',
  'api.openai.com',
  'envoy-ai-gateway-basic-testupstream.default.svc.cluster.local',
];

/** Envoy Gateway's own; it has no other. */
const xdsPort = 18_000;

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });

interface Installed {
  readonly server: ApiServer;
  readonly ports: ControllerPorts;
  readonly logFolder: string;
}

/** What every container sees: names of this machine, and the authority of the mock in place of the world's. */
function commonBinds(server: ApiServer): Sandbox['binds'] {
  const hosts = join(server.folder, 'hosts');
  const xds = `envoy-gateway.${envoyGatewayNamespace}.svc.cluster.local`;
  // Envoy is given the name with a dot at its end, and looks for that.
  writeFileSync(hosts, `127.0.0.1 localhost ${xds} ${xds}. ${mockHosts.join(' ')}\n`);
  return {
    '/etc/hosts': { source: hosts },
    '/etc/ssl/certs/ca-certificates.crt': { source: server.authority.certificate },
  };
}

async function writeEnvoyGatewayCertificates({ server }: Installed): Promise<string> {
  const folder = join(server.folder, 'envoy-gateway-certs');
  mkdirSync(folder);
  await runWithKubeconfig(server, await findBinary('envoy-gateway'), [
    'certgen',
    '--disable-topology-injector',
  ]);
  const path = `/api/v1/namespaces/${envoyGatewayNamespace}/secrets/envoy-gateway`;
  const { body } = await server.api.request('GET', path);
  for (const [name, value] of Object.entries(body['data'] as Record<string, string>)) {
    writeFileSync(join(folder, name), Buffer.from(value, 'base64'));
  }
  return folder;
}

async function envoyGatewayStarter(installed: Installed): Promise<() => Program> {
  const { server, ports, logFolder } = installed;
  const binary = await findBinary('envoy-gateway');
  const certificates = await writeEnvoyGatewayCertificates(installed);
  const config = join(server.folder, 'envoy-gateway.json');
  writeFileSync(config, JSON.stringify(envoyGatewayConfig(ports)));
  const sandbox = sandboxArguments({
    binds: {
      [binary]: { source: binary },
      '/etc/hosts': { source: '/etc/hosts' },
      '/certs': { source: certificates },
      [server.folder]: { source: server.folder },
    },
  });
  return () =>
    startProgram('envoy-gateway', 'bwrap', {
      logFolder,
      args: [...sandbox, binary, 'server', `--config-path=${config}`],
      env: {
        ...plainEnvironment(),
        KUBECONFIG: server.kubeconfig,
        ENVOY_GATEWAY_NAMESPACE: envoyGatewayNamespace,
      },
    });
}

function startController({ server, ports, logFolder }: Installed): Program {
  return startProgram('controller', process.execPath, {
    logFolder,
    args: [
      join(repositoryRoot, 'packages/controller/bin/aigw-controller.js'),
      ...['-port', `127.0.0.1:${ports.extension}`, '-webhookPort', String(ports.webhook)],
      ...['-adminAddr', `127.0.0.1:${ports.admin}`, '-extProcImage', 'e2e/extproc:local'],
      ...['-extProcAdminPort', String(ports.extproc), '-logLevel', 'debug'],
    ],
    env: {
      ...plainEnvironment(),
      KUBECONFIG: server.kubeconfig,
      POD_NAMESPACE: ownNamespace,
      POD_NAME: 'controller',
    },
  });
}

async function startControllerManager({ server, logFolder }: Installed): Promise<Program> {
  const controllers = [
    'deployment',
    'replicaset',
    'daemonset',
    'garbage-collector',
    'namespace',
    'endpointslice',
  ];
  return startProgram('kube-controller-manager', await findBinary('kube-controller-manager'), {
    logFolder,
    args: [
      ...[`--kubeconfig=${server.kubeconfig}`, '--leader-elect=false', '--bind-address=127.0.0.1'],
      ...[`--secure-port=${await findFreePort()}`, `--cert-dir=${join(server.folder, 'run')}`],
      `--controllers=${controllers.map((name) => `${name}-controller`).join(',')}`,
    ],
  });
}

async function applyInstallation({ server, ports }: Installed): Promise<void> {
  const namespaces = [envoyGatewayNamespace, ownNamespace].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  const items = [...namespaces, ...webhookManifests(ports)];
  await server.mustKubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

const isWell = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

async function waitReady(program: Program, isReady: () => Promise<boolean>): Promise<void> {
  await waitUntil(
    `${program.name} ready`,
    () => {
      if (program.hasEnded()) throw new Error(`${program.name} ended:\n${program.log().slice(-3000)}`);
      return isReady();
    },
    { withinMs: 60_000 },
  );
}

function startPods(server: ApiServer, envoy: string): Promise<ProcessKubelet> {
  const node = process.execPath;
  return startKubelet({
    server,
    binds: commonBinds(server),
    programs: {
      envoy: { command: [envoy], binds: { [envoy]: { source: envoy } } },
      'ai-gateway-extproc': {
        command: [node, join(repositoryRoot, 'packages/extproc/bin/aigw-extproc.js')],
        binds: { [repositoryRoot]: { source: repositoryRoot }, [node]: { source: node } },
      },
    },
  });
}

async function findPorts(): Promise<ControllerPorts> {
  const [extension, webhook] = [await findFreePort(), await findFreePort()];
  return { extension, webhook, admin: await findFreePort(), extproc: await findFreePort() };
}

/** Starts everything in the order in which it needs each other; one cluster at a time, since Envoy Gateway's ports are fixed. */
export async function startProcessCluster(): Promise<ProcessCluster> {
  await waitUntil('another cluster to end', async () => !(await isOpen(xdsPort)), {
    withinMs: 600_000,
    everyMs: 500,
  });
  const envoy = await findEnvoyBinary();
  const server = await startApiServerWithDefinitions({ envoyGateway: true });
  const running: { stop(): Promise<void> }[] = [server];
  const stop = async (): Promise<void> => {
    for (const part of running.reverse()) await part.stop();
  };
  const track = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    running.push(part);
    return part;
  };
  try {
    const ports = await findPorts();
    const installed: Installed = { server, ports, logFolder: join(server.folder, 'logs') };
    await applyInstallation(installed);
    const startEnvoyGateway = await envoyGatewayStarter(installed);
    const starters = { controller: () => startController(installed), envoyGateway: startEnvoyGateway };
    const readiness = {
      controller: () => isWell(`http://127.0.0.1:${ports.admin}/ready`),
      envoyGateway: () => isWell('http://127.0.0.1:8081/readyz'),
    };
    track(await startControllerManager(installed));
    const programs = { controller: starters.controller(), envoyGateway: starters.envoyGateway() };
    track({ stop: () => programs.controller.stop() });
    track({ stop: () => programs.envoyGateway.stop() });
    const mock = await startMockProviders();
    track({ stop: () => mock.close() });
    const front: TlsFront = track(
      await startTlsFront(server.authority.issue('providers', mockHosts), mock.port),
    );
    const kubelet = track(await startPods(server, envoy));
    await waitReady(programs.controller, readiness.controller);
    await waitReady(programs.envoyGateway, readiness.envoyGateway);
    const end = (text: string): string => text.slice(-4000);
    return {
      server,
      kubelet,
      mock,
      mockTlsPort: front.port,
      url: 'http://127.0.0.1:10080',
      programs,
      restart: async (name) => {
        await programs[name].stop('SIGKILL');
        programs[name] = starters[name]();
        await waitReady(programs[name], readiness[name]);
      },
      logs: () =>
        [programs.controller, programs.envoyGateway, ...(kubelet.running()?.programs.values() ?? [])]
          .map((program) => `== ${program.name}\n${end(program.log())}`)
          .concat(`== kubelet\n${kubelet.problems().join('\n')}`)
          .join('\n'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The credentials that the mock takes, as the user of an example would write them into it. */
export function withMockCredentials(
  yaml: string,
  { mock, mockTlsPort }: Pick<ProcessCluster, 'mock' | 'mockTlsPort'>,
): string {
  const { aws, anthropicApiKey } = mockCredentials;
  return yaml
    .replace(/= AWS_ACCESS_KEY_ID\b/, `= ${aws.accessKeyId}`)
    .replace(/= AWS_SECRET_ACCESS_KEY\b/, `= ${aws.secretAccessKey}`)
    .replace(/: ANTHROPIC_API_KEY\b/, `: ${anthropicApiKey}`)
    .replace(
      /(hostname: \S+\n\s+port: )(443|80)\b/g,
      (_whole, before: string, port: string) => `${before}${port === '443' ? mockTlsPort : mock.port}`,
    );
}
