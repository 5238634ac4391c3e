import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where Go's own installer puts it when PATH does not say so. */
const usualPlace = '/usr/local/go/bin/go';

const oldest = [1, 26] as const;

function versionOf(go: string): string | undefined {
  try {
    return execFileSync(go, ['env', 'GOVERSION'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** The Go that builds the cluster's binaries, or what is wrong with the machine's. */
export function findGo(): { readonly go: string } | { readonly missing: string } {
  const found = ['go', ...(existsSync(usualPlace) ? [usualPlace] : [])]
    .map((go) => ({ go, version: versionOf(go) }))
    .find(({ version }) => version !== undefined);
  if (found?.version === undefined) return { missing: 'Go is not installed (https://go.dev/dl)' };
  const [major = 0, minor = 0] = found.version.replace(/^go/, '').split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return { go: found.go };
  return { missing: `Go is ${found.version}, ${oldest.join('.')} or newer is needed` };
}
