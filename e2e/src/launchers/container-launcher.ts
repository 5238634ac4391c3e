import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { StartedTestContainer } from 'testcontainers';
import { buildContainerImage } from './container-image.ts';
import type { Gateway, GatewayExit, GatewayLauncher, GatewayOptions } from './gateway.ts';
import { repositoryRoot } from './process-launcher.ts';

const gatewayPort = 1975;
const adminPort = 1064;

const docker = (...args: string[]): string =>
  execFileSync('docker', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  }).trim();

let running: boolean | undefined;

/** Whether a Docker daemon answers; asked once. */
export function isDockerRunning(): boolean {
  try {
    running ??= docker('info', '--format', '{{.ServerVersion}}') !== '';
  } catch {
    running = false;
  }
  return running;
}

let image: Promise<string> | undefined;

/** The image of `E2E_IMAGE`, or one made here from what this machine runs; made once. */
function findImage(): Promise<string> {
  const given = process.env['E2E_IMAGE'];
  image ??=
    given === undefined
      ? buildContainerImage('aigw-e2e:local').then(() => 'aigw-e2e:local')
      : Promise.resolve(given);
  return image;
}

/** The files as the container is to see them: source on this machine, place in the container. */
function placeFiles(options: GatewayOptions, folder: string): { source: string; target: string }[] {
  const files = (options.files ?? []).map((file) => join(repositoryRoot, file));
  if (options.yaml !== undefined) {
    files.push(join(folder, 'resources.yaml'));
    writeFileSync(files.at(-1) ?? '', options.yaml);
  }
  return files.map((source) => ({ source, target: `/resources/${basename(source)}` }));
}

async function stop(container: StartedTestContainer): Promise<GatewayExit> {
  const id = container.getId();
  await container.stop({ timeout: 30_000, remove: false });
  const code = Number(docker('inspect', '--format', '{{.State.ExitCode}}', id));
  docker('rm', '--force', '--volumes', id);
  return { code, signal: null };
}

async function start(options: GatewayOptions): Promise<Gateway> {
  // Its reaper is an image that has to be fetched; we end our containers ourselves.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  const { GenericContainer, Wait } = await import('testcontainers');
  const name = await findImage();
  const folder = mkdtempSync(join(tmpdir(), 'aigw-e2e-'));
  const files = placeFiles(options, folder);
  const ports = ['--host', '0.0.0.0', '--port', String(gatewayPort), '--admin-port', String(adminPort)];
  const mock = options.mock === true ? ['--mock'] : [];
  let output = '';
  const container = await new GenericContainer(name)
    .withCommand(['run', ...mock, ...ports, ...(options.args ?? []), ...files.map(({ target }) => target)])
    .withEnvironment({ ...options.env })
    .withCopyFilesToContainer(files)
    .withExposedPorts(gatewayPort, adminPort)
    .withLogConsumer((stream) => {
      stream.on('data', (chunk: Buffer | string) => {
        output += String(chunk);
      });
    })
    .withWaitStrategy(Wait.forLogMessage(/aigw: listening on/))
    .withStartupTimeout(60_000)
    .start()
    .catch((error: unknown) => {
      throw new Error(`${String(error)}\n${output}`, { cause: error });
    })
    .finally(() => {
      rmSync(folder, { recursive: true, force: true });
    });
  let exit: Promise<GatewayExit> | undefined;
  return {
    url: `http://${container.getHost()}:${container.getMappedPort(gatewayPort)}`,
    adminUrl: `http://${container.getHost()}:${container.getMappedPort(adminPort)}`,
    logs: () => output,
    stop: () => (exit ??= stop(container)),
  };
}

/** Runs the gateway in a container (testcontainers); needs a Docker daemon. */
export const containerLauncher = { name: 'container', start } satisfies GatewayLauncher;
