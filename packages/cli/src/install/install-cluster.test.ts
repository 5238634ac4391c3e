import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  controllerDeployment,
  healthyCluster,
  ownNamespace,
  paths,
} from '../cluster/__fixtures__/healthy-cluster.ts';
import { createScriptedApi, type Store } from '../cluster/__fixtures__/scripted-api.ts';
import type { CommandContext } from '../command.ts';
import { readEnvoyGatewayNeeds } from './charts.ts';
import type { Helm, HelmResult } from './helm.ts';
import { installCluster, printManifests } from './install-cluster.ts';
import { parseInstallOptions } from './install-options.ts';

const address = { hostname: `ai-gateway-controller.${ownNamespace}.svc.cluster.local`, port: 1063 };
const needs = await readEnvoyGatewayNeeds(address);
const rendered = (...args: readonly string[]): string =>
  `---\n# Source: x\n${JSON.stringify({ kind: 'Deployment', ...controllerDeployment(args) })}\n`;

interface Call {
  readonly args: readonly string[];
  readonly input: string | undefined;
}

/** A helm that has done what it is asked, unless a test says otherwise. */
function createScriptedHelm(script: (args: readonly string[]) => HelmResult | undefined = () => undefined) {
  const calls: Call[] = [];
  const helm: Helm = {
    version: '3.22.0',
    run: (args, input) => {
      calls.push({ args, input });
      const usual = args.includes('--show-only')
        ? rendered()
        : args[0] === 'template'
          ? `---\nkind: Of ${args[1] ?? ''}\n`
          : '';
      const absent: HelmResult = { ok: false, reason: 'release: not found' };
      return Promise.resolve(script(args) ?? (args[0] === 'get' ? absent : { ok: true, output: usual }));
    },
  };
  return { helm, calls };
}

function createContext() {
  const out: string[] = [];
  const err: string[] = [];
  const context: CommandContext = {
    env: {},
    readStdin: () => Promise.resolve(''),
    readStdinBytes: () => Promise.resolve(new Uint8Array()),
    print: (line) => void out.push(line),
    note: (line) => void err.push(line),
    stop: new AbortController().signal,
    kill: new AbortController().signal,
  };
  return { context, out, err };
}

const folder = mkdtempSync(join(tmpdir(), 'aigw-install-'));
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The path of a kubeconfig that leads to an API server with these objects. */
async function serve(store: Store): Promise<string> {
  const api = createScriptedApi(store);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://api');
    const query = Object.fromEntries(url.searchParams);
    api.request({ method: 'GET', path: decodeURIComponent(url.pathname), query }).then(
      (answer) => response.end(typeof answer === 'string' ? answer : JSON.stringify(answer)),
      (thrown: unknown) => response.writeHead((thrown as { status: number }).status).end('{}'),
    );
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cluster = {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    'insecure-skip-tls-verify': true,
  };
  const path = join(folder, 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
  };
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
  return path;
}

const commandsIn = (calls: readonly Call[]): string[] =>
  calls.map(({ args }) =>
    args
      .filter((argument) => !argument.startsWith('-'))
      .slice(0, 3)
      .join(' '),
  );

const printing = ['--print', '--kube-version', '1.31'];

/** Which Kubernetes helm was told of. */
const versionsIn = (calls: readonly Call[]): Set<string | undefined> =>
  new Set(calls.map(({ args }) => args[args.indexOf('--kube-version') + 1]));

test('manifests are printed for the version that is named, that of the cluster, or a new one', async () => {
  const print = async (...args: readonly string[]): Promise<[Set<string | undefined>, readonly string[]]> => {
    const { helm, calls } = createScriptedHelm();
    const { context, err } = createContext();
    await printManifests({ options: parseInstallOptions(['--print', ...args]), context, helm });
    return [versionsIn(calls), err];
  };
  const path = await serve(healthyCluster(needs));
  expect(await print('--kubeconfig', path)).toEqual([new Set(['v1.36.2']), []]);
  expect(await print('--kubeconfig', path, '--kube-version', '1.29')).toEqual([new Set(['1.29']), []]);
  expect(await print('--kubeconfig', join(folder, 'none'))).toEqual([
    new Set(['1.36.0']),
    ['install: for Kubernetes 1.36.0, as no cluster answers; --kube-version names another one'],
  ]);
});

test('manifests are printed in the order in which they are applied, each after its namespace', async () => {
  const { helm, calls } = createScriptedHelm();
  const { context, out } = createContext();
  const options = parseInstallOptions([...printing, '--envoy-gateway-chart', 'eg.tgz']);
  expect(await printManifests({ options, context, helm })).toBe(0);
  const namespaceOf = (name: string): string =>
    `---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n---\nkind: Of `;
  expect(out).toEqual([`${namespaceOf('envoy-gateway-system')}eg`, `${namespaceOf(ownNamespace)}aigw`]);
  for (const { args } of calls) expect(args[0]).toBe('template');
});

test('without Envoy Gateway, what it needs is said beside the manifests', async () => {
  const { helm } = createScriptedHelm();
  const { context, out, err } = createContext();
  const options = parseInstallOptions([...printing, '--skip-envoy-gateway']);
  expect(await printManifests({ options, context, helm })).toBe(0);
  expect(out).toHaveLength(1);
  expect(err.join('\n')).toContain(`hostname: ${address.hostname}`);
});

test('Envoy Gateway goes first, and values of earlier runs stay below the new ones', async () => {
  const path = await serve(healthyCluster(needs));
  const before = 'controller:\n  replicaCount: 3\n';
  const { helm, calls } = createScriptedHelm((args) =>
    args[0] === 'get' && args[2] === 'aigw' ? { ok: true, output: before } : undefined,
  );
  const { context, err } = createContext();
  const options = parseInstallOptions(['--kubeconfig', path, '--dry-run', '--set', 'a=1']);
  expect(await installCluster({ options, context, helm })).toBe(0);
  expect(commandsIn(calls).map((text) => text.split(' ').slice(0, 2).join(' '))).toEqual([
    'get values',
    'template aigw',
    'get values',
    'upgrade eg',
    'upgrade aigw',
  ]);
  const upgrades = calls.filter(({ args }) => args[0] === 'upgrade');
  expect(upgrades.map(({ input }) => input)).toEqual(['', before]);
  const [, own] = upgrades;
  expect(own?.args.indexOf('-')).toBeLessThan(own?.args.indexOf('a=1') ?? 0);
  expect(own?.args).toEqual(expect.arrayContaining(['--dry-run', '--kubeconfig', path]));
  expect(err.at(-1)).toBe('install: nothing was applied');
});

test('where the controller is to have TLS, Envoy Gateway is told so, after the Secret that it is to trust is there', async () => {
  const path = await serve(healthyCluster(needs));
  const { helm, calls } = createScriptedHelm((args) => {
    if (args[0] === 'get') return { ok: true, output: 'null\n' };
    if (!args.includes('--show-only')) return undefined;
    return { ok: true, output: rendered('-extensionTls=true', '-extensionClientSecret=envoy-gateway') };
  });
  const options = parseInstallOptions(['--kubeconfig', path, '--dry-run']);
  expect(await installCluster({ options, context: createContext().context, helm })).toBe(0);
  const upgrades = calls.filter(({ args }) => args[0] === 'upgrade');
  expect(commandsIn(upgrades).map((text) => text.split(' ')[1])).toEqual(['aigw', 'eg']);
  const tls = 'config.envoyGateway.extensionManager.service.tls';
  expect(upgrades[1]?.args).toEqual(
    expect.arrayContaining([
      `${tls}.certificateRef.name=ai-gateway-controller-ca`,
      `${tls}.clientCertificateRef.name=envoy-gateway`,
    ]),
  );
});

test('where Envoy Gateway is not there yet, it goes first all the same: the kinds come with it', async () => {
  const path = await serve(healthyCluster(needs));
  const { helm, calls } = createScriptedHelm((args) =>
    args.includes('--show-only') ? { ok: true, output: rendered('-extensionTls=true') } : undefined,
  );
  const options = parseInstallOptions(['--kubeconfig', path, '--dry-run']);
  await installCluster({ options, context: createContext().context, helm });
  const upgrades = commandsIn(calls).filter((text) => text.startsWith('upgrade'));
  expect(upgrades.map((text) => text.split(' ')[1])).toEqual(['eg', 'aigw']);
});

test('a failure of helm ends it with what helps, before the next step', async () => {
  const path = await serve(healthyCluster(needs));
  const { helm, calls } = createScriptedHelm((args) =>
    args[0] === 'upgrade' ? { ok: false, reason: 'timed out waiting for the condition' } : undefined,
  );
  const options = parseInstallOptions(['--kubeconfig', path, '--timeout', '1s']);
  await expect(installCluster({ options, context: createContext().context, helm })).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringMatching(/^Envoy Gateway 1\.8\.1: helm says: timed out .*\nfix: look at/) as string,
  });
  expect(calls.filter(({ args }) => args[0] === 'upgrade')).toHaveLength(1);
});

test('no step is taken when the API server is too old', async () => {
  const store = healthyCluster(needs);
  store.set(paths.version, { gitVersion: 'v1.28.3', major: '1', minor: '28' });
  const { helm, calls } = createScriptedHelm();
  const options = parseInstallOptions(['--kubeconfig', await serve(store)]);
  await expect(installCluster({ options, context: createContext().context, helm })).rejects.toThrow(
    /v1\.28\.3 .* is too old/,
  );
  expect(calls).toEqual([]);
});
