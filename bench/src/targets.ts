import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, isListening, startChild, waitForChild } from './child-processes.ts';
import { buildEnvoyAlone } from './envoy-alone.ts';
import { buildGatewayResources } from './gateway-resources.ts';
import { listProcesses } from './process-cost.ts';

const aigw = fileURLToPath(new URL('../../packages/cli/bin/aigw.js', import.meta.url));

/** Something that requests are sent to, and the processes that it is made of. */
export interface Target {
  readonly name: 'envoy' | 'gateway';
  readonly port: number;
  readonly envoyPids: readonly number[];
  /** Our own processes: the external processor and the command line that looks after it. */
  readonly ownPids: readonly number[];
}

/** The gateway as a user runs it, with the mock as its only provider. */
export async function startGateway(
  folder: string,
  mockPort: number,
): Promise<{ target: Target; envoyCommand: string[] }> {
  const resources = join(folder, 'gateway.yaml');
  writeFileSync(resources, buildGatewayResources(mockPort));
  const [port, adminPort] = [await findFreePort(), await findFreePort()];
  const command = ['node', aigw, 'run', '--port', String(port), '--admin-port', String(adminPort), resources];
  const child = startChild('gateway', command, folder);
  await waitForChild(child, () => readFileSync(child.log, 'utf8').includes('aigw: listening on'));
  const all = listProcesses(child.process.pid ?? 0).map((entry) => ({
    ...entry,
    binary: readlinkSync(`/proc/${entry.pid}/exe`),
  }));
  const envoys = all.filter(({ binary }) => /\/envoy[^/]*$/.test(binary));
  const [envoy] = envoys;
  if (envoy === undefined) throw new Error(`the gateway runs no Envoy:\n${readFileSync(child.log, 'utf8')}`);
  const concurrency = /--concurrency[ =](\d+)/.exec(envoy.command)?.[1];
  return {
    target: {
      name: 'gateway',
      port,
      envoyPids: envoys.map(({ pid }) => pid),
      ownPids: all.filter((entry) => !envoys.includes(entry)).map(({ pid }) => pid),
    },
    // The same binary with the same number of workers, or the comparison says nothing.
    envoyCommand: [envoy.binary, ...(concurrency === undefined ? [] : ['--concurrency', concurrency])],
  };
}

/** The same Envoy with nothing but a route to the mock. */
export async function startEnvoyAlone(
  folder: string,
  mockPort: number,
  command: readonly string[],
): Promise<Target> {
  const port = await findFreePort();
  const bootstrap = join(folder, 'envoy-alone.json');
  writeFileSync(bootstrap, JSON.stringify(buildEnvoyAlone(port, mockPort, join(folder, 'admin.sock'))));
  const child = startChild(
    'envoy-alone',
    [...command, '-c', bootstrap, '--disable-hot-restart', '-l', 'error'],
    folder,
  );
  await waitForChild(child, () => isListening(port));
  return { name: 'envoy', port, envoyPids: [child.process.pid ?? 0], ownPids: [] };
}
