import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuiltImages, buildImages, unpackImage } from './fixtures/built-images.ts';
import { isDockerRunning } from './launchers/container-launcher.ts';
import { repositoryRoot } from './launchers/process-launcher.ts';
import { reportFigure } from './report-figure.ts';
import { waitUntil } from './wait-until.ts';

const targets = ['controller', 'extproc'];
const scratch = mkdtempSync(join(tmpdir(), 'aigw-e2e-images-'));
const containers: string[] = [];
let images: BuiltImages | undefined;

const docker = (...args: string[]): string =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

const tagOf = (target: string): string => images?.tags[target] ?? '';

/** As the chart and the webhook have it. */
const restricted = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

/** Starts a container; what it says is asked for with `logsOf`. */
function start(target: string, options: string[], args: string[]): string {
  const id = docker('run', '--detach', ...restricted, ...options, tagOf(target), ...args);
  containers.push(id);
  return id;
}

function logsOf(id: string): string {
  const { stdout, stderr } = spawnSync('docker', ['logs', id], { encoding: 'utf8' });
  return stdout + stderr;
}

const exitCodeOf = (id: string): number | undefined => {
  const [status, code] = docker('inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', id).split(
    ' ',
  );
  return status === 'exited' ? Number(code) : undefined;
};

/** The files below a folder that are no links, by their path in it. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length));
}

function isMachineCode(path: string): boolean {
  const start = Buffer.alloc(4);
  const file = openSync(path, 'r');
  readSync(file, start);
  closeSync(file);
  return start.toString('latin1') === '\x7fELF';
}

/** A folder that every user can read, with one file. */
function writeFolder(name: string, file: string, text: string): string {
  const folder = mkdtempSync(join(scratch, name));
  writeFileSync(join(folder, file), text, { mode: 0o644 });
  chmodSync(folder, 0o755);
  return folder;
}

const config = `version: dev
backends:
  - name: default/mock/route/chat/rule/0/ref/0
    schema: { name: OpenAI }
models:
  - { Name: some-model, OwnedBy: us, CreatedAt: 2026-01-01T00:00:00Z }
`;

/** The external processor as the webhook starts it, but for where its configuration comes from. */
function startExtproc(): string {
  const folder = writeFolder('config', 'filter-config.yaml', config);
  return start(
    'extproc',
    [
      ...['--volume', `${folder}:/etc/filter-config:ro`, '--publish', '127.0.0.1::1064'],
      ...['--tmpfs', '/etc/ai-gateway-extproc-uds:mode=1777', '--env', 'AWS_REGION=eu-west-3'],
    ],
    [
      ...['-configPath', '/etc/filter-config/filter-config.yaml', '-adminPort', '1064'],
      ...['-extProcAddr', 'unix:///etc/ai-gateway-extproc-uds/run.sock'],
    ],
  );
}

async function health(id: string): Promise<number | undefined> {
  const address = docker('port', id, '1064/tcp').split('\n')[0] ?? '';
  return fetch(`http://${address}/health`).then(
    ({ status }) => status,
    () => undefined,
  );
}

const unreachable = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'none', cluster: { server: 'https://127.0.0.1:9' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [{ name: 'none', context: { cluster: 'none', user: 'u' } }],
  'current-context': 'none',
});

/** Minutes, most of them `npm ci` inside of the build: only when asked for. */
const isWanted = process.env['E2E_IMAGES'] === '1' && isDockerRunning();

/** The classic builder has no such check. */
const hasCheck = (): boolean => isWanted && docker('build', '--help').includes('--check');

const withDocker = isWanted ? describe : describe.skip;

withDocker('the images of images/Dockerfile', () => {
  beforeAll(async () => {
    const began = performance.now();
    images = await buildImages(targets);
    reportFigure(`both images were built in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    for (const target of targets) {
      const folder = join(scratch, target);
      execFileSync('mkdir', [folder]);
      unpackImage(tagOf(target), folder);
    }
  }, 1_200_000);

  afterAll(() => {
    for (const id of containers) spawnSync('docker', ['rm', '--force', '--volumes', id]);
    images?.remove();
    rmSync(scratch, { recursive: true, force: true });
  }, 120_000);

  test.each(targets)('%s runs as nobody in particular, and holds no tools', (target) => {
    expect(docker('image', 'inspect', '--format', '{{.Config.User}}', tagOf(target))).toBe('65532:65532');
    const tools = filesIn(join(scratch, target)).filter((path) =>
      /(^|\/)s?bin\/(\w*sh|busybox|npm|npx|yarn|apt\S*|dpkg\S*|curl|wget|id|ls)$/.test(path),
    );
    expect(tools).toEqual([]);
  });

  test.each(targets)('%s holds what runs, and nothing else of ours or of others', (target) => {
    const files = filesIn(join(scratch, target, 'app'));
    expect(files).toContain(`/packages/${target}/dist/main.js`);
    const ours = files.filter((path) => path.startsWith('/packages/'));
    expect(
      ours.filter((path) => !/^\/packages\/[^/]+\/(package\.json|(dist|bin)\/.*\.js)$/.test(path)),
    ).toEqual([]);
    expect(files.filter((path) => /\.test\.|__fixtures__|\.[cm]?ts$|\.map$|\.npmrc$/.test(path))).toEqual([]);
    const tools =
      /node_modules\/(typescript|nx|jest|eslint|prettier|node-linux-\w+|@(types|swc|nx|jest|aigw\/cli))\//;
    expect(files.filter((path) => tools.test(path))).toEqual([]);
  });

  test.each(targets)(
    '%s holds no machine code but that of its base, so that any processor runs it',
    (target) => {
      const folder = join(scratch, target, 'app');
      const files = filesIn(folder);
      expect(files.filter((path) => /\.(node|bare|so|wasm|dylib|dll)$/.test(path))).toEqual([]);
      expect(files.filter((path) => isMachineCode(join(folder, path)))).toEqual([]);
      const mebibytes = Number(execFileSync('du', ['-sm', folder], { encoding: 'utf8' }).split('\t')[0]);
      reportFigure(`the files of ${target} take ${mebibytes} MiB besides Node`);
      expect(mebibytes).toBeLessThan(80);
    },
  );

  test('aigw-extproc --help', () => {
    expect(docker('run', '--rm', ...restricted, tagOf('extproc'), '--help')).toMatch(/-configPath/);
  });

  test('the external processor serves, shows its variables to `env`, and ends when asked', async () => {
    const id = startExtproc();
    await waitUntil('the external processor is healthy', async () => (await health(id)) === 200, {
      withinMs: 30_000,
    }).catch((error: unknown) => {
      throw new Error(logsOf(id), { cause: error });
    });
    expect(docker('exec', id, 'env').split('\n')).toContain('AWS_REGION=eu-west-3');
    expect(docker('exec', id, '/nodejs/bin/node', '-p', 'process.getuid()')).toBe('65532');
    expect(spawnSync('docker', ['exec', id, 'sh', '-c', 'true']).status).not.toBe(0);
    docker('stop', '--time', '30', id);
    expect(exitCodeOf(id)).toBe(0);
  });

  test.each([
    { case: 'outside of a cluster', options: () => [], says: /there is no kubeconfig/ },
    {
      case: 'whose API server does not answer',
      options: () => [
        ...[
          '--volume',
          `${writeFolder('kube', 'config', unreachable)}:/kube:ro`,
          '--env',
          'KUBECONFIG=/kube/config',
        ],
      ],
      says: /ECONNREFUSED/,
    },
  ])('a controller $case says so and ends', async ({ options, says }) => {
    const id = start('controller', options(), []);
    expect(await waitUntil('the controller ends', () => exitCodeOf(id), { withinMs: 30_000 })).toBe(1);
    expect(logsOf(id)).toMatch(says);
  });

  (hasCheck() ? test : test.skip)('BuildKit finds nothing to say about the Dockerfile', () => {
    docker('build', '--check', '--file', join(repositoryRoot, 'images/Dockerfile'), repositoryRoot);
  });
});
