import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { listProcessTree } from './process-tree.ts';
import { processLauncher, repositoryRoot } from './process-launcher.ts';
import { copyProgram, importImage } from './root-filesystem.ts';

const published = [
  'api-types',
  'aws-auth',
  'cli',
  'controller',
  'cost-expression',
  'envoy-proto',
  'extproc',
  'mock-providers',
  'planner',
  'service-runtime',
  'translator',
];

/** The binary that a gateway on this machine runs: whatever `aigw` found or fetched. */
export async function findEnvoyBinary(): Promise<string> {
  const gateway = await processLauncher.start({ mock: true, files: ['examples/demo.yaml'] });
  try {
    for (const { pid } of listProcessTree(gateway.pid)) {
      const binary = readlinkSync(`/proc/${pid}/exe`);
      if (/\/envoy[^/]*$/.test(binary)) return binary;
    }
    throw new Error(`no Envoy among the gateway's processes:\n${gateway.logs()}`);
  } finally {
    await gateway.stop();
  }
}

/** Our packages as npm would publish them, and what they depend on. */
function copyPackages(rootFolder: string, scratch: string): void {
  const npm = (args: string[]): string =>
    execFileSync('npm', args, {
      cwd: repositoryRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 << 20,
    });
  for (const name of published) {
    const [tarball] = JSON.parse(
      npm(['pack', '--json', '--pack-destination', scratch, '-w', `packages/${name}`]),
    ) as [{ filename: string }];
    const target = join(rootFolder, 'app/node_modules/@aigw', name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', join(scratch, tarball.filename), '-C', target, '--strip-components=1']);
  }
  const workspaces = published.flatMap((name) => ['-w', `packages/${name}`]);
  for (const path of npm(['ls', '--omit=dev', '--all', '--parseable', ...workspaces]).split('\n')) {
    // What npm could not hoist stands in the folder of the package that wants it.
    const place = relative(repositoryRoot, path).replace(
      /^packages\/([^/]+)\/node_modules/,
      'node_modules/@aigw/$1/node_modules',
    );
    if (!/(^|\/)node_modules\/(?!@aigw\/[^/]+$)/.test(place)) continue;
    cpSync(path, join(rootFolder, 'app', place), { recursive: true, dereference: true });
  }
}

function writeSystemFiles(rootFolder: string): void {
  for (const folder of ['tmp', 'etc/ssl/certs', 'usr/bin', 'app', 'resources', 'home/aigw']) {
    mkdirSync(join(rootFolder, folder), { recursive: true });
  }
  chmodSync(join(rootFolder, 'tmp'), 0o1777);
  chmodSync(join(rootFolder, 'home/aigw'), 0o777);
  writeFileSync(join(rootFolder, 'etc/passwd'), 'aigw:x:65532:65532::/home/aigw:/bin/false\n');
  const authorities = '/etc/ssl/certs/ca-certificates.crt';
  if (existsSync(authorities)) writeFileSync(join(rootFolder, authorities), readFileSync(authorities));
}

/**
 * An image of the gateway that needs no registry: the machine's Node and the Envoy that `aigw` uses here, with their
 * libraries, and our packages as they are published. Nothing else is in it: no shell, no package manager.
 */
export async function buildContainerImage(tag: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'aigw-e2e-image-'));
  const rootFolder = join(scratch, 'root');
  try {
    writeSystemFiles(rootFolder);
    copyProgram(process.execPath, rootFolder, '/usr/bin/node');
    copyProgram(await findEnvoyBinary(), rootFolder, '/usr/bin/envoy');
    copyPackages(rootFolder, scratch);
    await importImage(rootFolder, tag, [
      'USER 65532:65532',
      'ENV HOME=/home/aigw PATH=/usr/bin ENVOY_BIN=/usr/bin/envoy',
      'ENTRYPOINT ["/usr/bin/node","/app/node_modules/@aigw/cli/bin/aigw.js"]',
    ]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
