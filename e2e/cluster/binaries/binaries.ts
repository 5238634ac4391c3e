import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findMissingNamespaces } from '../network/namespaces.ts';
import { findGo } from './go.ts';
import { type BinaryName, envoyGatewayVersion, type Recipe, recipes } from './recipes.ts';

const run = promisify(execFile);

/** Where what takes long to make is kept. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aigw-e2e');

const placeOf = ({ key, name }: Recipe): string => join(cacheFolder, key, name);

/** Programs that Debian has, and the package of each. */
const packaged = {
  etcd: 'etcd-server',
  bwrap: 'bubblewrap',
  openssl: 'openssl',
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
} as const;

/** Arguments with which a program says its version, where they are others than everybody's. */
const versionArguments: Readonly<Record<string, string>> = { openssl: 'version', ip: '-V' };

function isThere(program: string): boolean {
  try {
    execFileSync(program, [versionArguments[program] ?? '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Why no cluster can run on this machine, in words for its user; `undefined` when one can. */
export function findMissingTools(): string | undefined {
  for (const [program, name] of Object.entries(packaged)) {
    if (!isThere(program)) return `${program} is not installed (Debian: apt-get install ${name})`;
  }
  const go = findGo();
  return 'missing' in go ? go.missing : findMissingNamespaces();
}

function goBinary(): string {
  const found = findGo();
  if ('missing' in found) throw new Error(found.missing);
  return found.go;
}

async function build(recipe: Recipe): Promise<string> {
  const target = placeOf(recipe);
  mkdirSync(join(cacheFolder, recipe.key), { recursive: true });
  const scratch = mkdtempSync(join(cacheFolder, recipe.key, 'build-'));
  try {
    await run('nice', ['-n', '10', goBinary(), ...recipe.args(scratch)], {
      cwd: recipe.module ?? scratch,
      env: { ...process.env, CGO_ENABLED: '0', GOBIN: scratch, GOFLAGS: '-buildvcs=false' },
      maxBuffer: 64 << 20,
    });
    renameSync(join(scratch, recipe.name), target);
    return target;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * The path of a program, built from the Go module proxy when the cache has none (minutes, once per version).
 * @param say - told before a build begins
 */
export async function findBinary(
  name: BinaryName,
  say: (line: string) => void = () => undefined,
): Promise<string> {
  const recipe = recipes[name];
  if (existsSync(placeOf(recipe))) return placeOf(recipe);
  say(`building ${name} (${recipe.key}), once`);
  return build(recipe);
}

/** The folder of Envoy Gateway's chart in its sources. */
export async function findEnvoyGatewayChart(): Promise<string> {
  const module = `github.com/envoyproxy/gateway@v${envoyGatewayVersion}`;
  const { stdout } = await run(goBinary(), ['mod', 'download', '-json', module], { cwd: cacheFolder });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  return join(Dir, 'charts/gateway-helm');
}
