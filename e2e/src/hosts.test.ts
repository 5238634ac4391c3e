import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { post } from './clients/http.ts';
import { expectStatus } from './expect-error.ts';
import { guideRequests } from './fixtures/guide-requests.ts';
import { reportFigure } from './report-figure.ts';
import {
  type ProcessGateway,
  neutralEnvironment,
  processLauncher,
  repositoryRoot,
} from './launchers/process-launcher.ts';
import { listProcessTree } from './launchers/process-tree.ts';

const demo = { mock: true, files: ['examples/demo.yaml'] };
const nobody = 65_534;
const scratch = mkdtempSync(join(tmpdir(), 'aigw-e2e-'));
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

async function expectService(gateway: ProcessGateway): Promise<void> {
  const [request] = guideRequests;
  const answer = await post(gateway.url + request!.path, request!.body, request!.headers);
  expectStatus(answer, 200);
}

/** A home folder that has nothing in it but the cache with Envoy. */
function buildHomeWithCache(): string {
  const home = join(scratch, 'home');
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  if (existsSync(join(cache, 'aigw')))
    cpSync(join(cache, 'aigw'), join(home, '.cache/aigw'), { recursive: true });
  execFileSync('chmod', ['-R', 'a+rwX', home]);
  chmodSync(scratch, 0o755);
  return home;
}

let home: string;
beforeAll(async () => {
  // The first start fills the cache, if the machine has no Envoy of its own.
  const gateway = await processLauncher.start(demo);
  await gateway.stop();
  home = buildHomeWithCache();
}, 600_000);

test('offline, once Envoy is cached: no package index, nothing but the cache in the home folder', async () => {
  const { ENVOY_BIN: _, XDG_CACHE_HOME: __, ...env } = neutralEnvironment();
  const gateway = await processLauncher.start({
    ...demo,
    wholeEnv: {
      ...env,
      HOME: home,
      PIP_NO_INDEX: '1',
      PIP_INDEX_URL: 'http://127.0.0.1:9',
      PIP_FIND_LINKS: '',
    },
  });
  try {
    await expectService(gateway);
  } finally {
    await gateway.stop();
  }
});

test('as a user who is not root', async () => {
  const isRoot = process.getuid?.() === 0;
  const gateway = await processLauncher.start({
    ...demo,
    wholeEnv: { ...neutralEnvironment(), HOME: home },
    ...(isRoot ? { userId: nobody } : {}),
  });
  try {
    const users = listProcessTree(gateway.pid).map(({ uid }) => uid);
    expect(users.length).toBeGreaterThan(1);
    expect(users).not.toContain(0);
    await expectService(gateway);
  } finally {
    await gateway.stop();
  }
});

test("through npx with the machine's own Node, whatever its version", async () => {
  const env = neutralEnvironment();
  const PATH = (env['PATH'] ?? '')
    .split(':')
    .filter((folder) => !folder.includes('node_modules'))
    .join(':');
  const version = execFileSync('node', ['--version'], { env: { PATH }, encoding: 'utf8' }).trim();
  reportFigure(`the machine's own Node is ${version}, ours ${process.version}`);
  const gateway = await processLauncher.start({
    ...demo,
    command: ['npx', '--no-install', 'aigw'],
    cwd: repositoryRoot,
    wholeEnv: { ...env, PATH },
  });
  try {
    await expectService(gateway);
  } finally {
    await gateway.stop();
  }
});

test.each([
  ['aigw', ['version'], /aigw \d+\.\d+\.\d+/],
  ['aigw-extproc', [], /-configPath/],
])('npx %s works in the checkout', (name, args, expected) => {
  const { stdout, stderr } = spawnSync('npx', ['--no-install', name, ...args], {
    cwd: repositoryRoot,
    env: neutralEnvironment(),
    encoding: 'utf8',
  });
  expect(stdout + stderr).toMatch(expected);
});
