import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PodProcess } from './kubelet/pod-process.ts';

/** A message of Envoy's configuration in protobuf's JSON, with the names of the proto files. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read what they know to be there
export type EnvoyMessage = Record<string, any>;

/** What an Envoy runs with. */
export interface EnvoyConfig {
  readonly listeners: readonly EnvoyMessage[];
  readonly routes: readonly EnvoyMessage[];
  readonly clusters: readonly EnvoyMessage[];
}

/** What an Envoy's admin interface answers at a path. */
export type EnvoyAdmin = (path: string) => Promise<string>;

/** Asks from the sidecar of a proxy: the interface is on the loopback of their pod. */
export const proxyAdmin =
  ({ name, containers }: PodProcess): EnvoyAdmin =>
  async (path) => {
    const script = `process.stdout.write(await (await fetch('http://127.0.0.1:19000${path}')).text())`;
    const command = ['/nodejs/bin/node', '--input-type=module', '-e', script];
    const child = containers.get('ai-gateway-extproc')?.exec(command, ['ignore', 'pipe', 'ignore']);
    if (!child?.stdout) throw new Error(`${name} has no sidecar`);
    return text(child.stdout);
  };

/** The Envoy of `aigw run`, by the folder in which it has its sockets. */
export function standaloneAdmin(folder: string): EnvoyAdmin {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith('envoy-admin.sock'),
  );
  if (found === undefined) throw new Error(`no Envoy in ${folder}`);
  return (path) => get(join(folder, found), path);
}

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, timeout: 5_000 }, (response) => {
      text(response).then(resolve, reject);
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer of Envoy')));
    sent.once('error', reject).end();
  });
}

/** Reads what an Envoy runs with now: what it has been sent and has taken. */
export async function readEnvoyConfig(admin: EnvoyAdmin): Promise<EnvoyConfig> {
  const { configs } = JSON.parse(await admin('/config_dump')) as { configs: EnvoyMessage[] };
  const list = (kind: string, field: string): EnvoyMessage[] =>
    configs
      .filter((config) => String(config['@type']).endsWith(`.${kind}ConfigDump`))
      .flatMap((config) => (config[field] ?? []) as EnvoyMessage[]);
  return {
    listeners: list('Listeners', 'dynamic_listeners').flatMap(({ active_state: active }) =>
      active === undefined ? [] : [(active as EnvoyMessage)['listener'] as EnvoyMessage],
    ),
    routes: list('Routes', 'dynamic_route_configs').map(({ route_config: config }) => config as EnvoyMessage),
    clusters: list('Clusters', 'dynamic_active_clusters').map(({ cluster }) => cluster as EnvoyMessage),
  };
}

/** A cluster by its name. */
export function clusterNamed({ clusters }: EnvoyConfig, name: string): EnvoyMessage {
  const found = clusters.find((cluster) => cluster['name'] === name);
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found;
}

/** The routes of all virtual hosts. */
export const allRoutes = ({ routes }: EnvoyConfig): EnvoyMessage[] =>
  routes.flatMap((config) =>
    (config['virtual_hosts'] as EnvoyMessage[]).flatMap((host) => host['routes'] as EnvoyMessage[]),
  );

/** The connection manager of the listener whose routes come by this name. */
export function managerOf(
  { listeners }: EnvoyConfig,
  isRouteConfig: (name: string) => boolean,
): EnvoyMessage {
  for (const listener of listeners) {
    const chains = [
      ...((listener['filter_chains'] ?? []) as EnvoyMessage[]),
      listener['default_filter_chain'],
    ];
    for (const chain of chains as (EnvoyMessage | undefined)[]) {
      for (const { typed_config: manager } of (chain?.['filters'] ?? []) as EnvoyMessage[]) {
        const name = (manager as EnvoyMessage)['rds']?.route_config_name as string | undefined;
        if (name !== undefined && isRouteConfig(name)) return { ...(manager as EnvoyMessage), listener };
      }
    }
  }
  throw new Error('no listener with such routes');
}
