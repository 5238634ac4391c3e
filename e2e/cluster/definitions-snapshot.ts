import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './binaries/binaries.ts';
import { kubernetesVersion } from './binaries/recipes.ts';

/** etcd's data with resource definitions in it: to install them takes longer than all else of a cluster's start. */
export interface DefinitionsSnapshot {
  /** The folder of the data; there or not. */
  readonly folder: string;
  exists(): boolean;
  /** Keeps the data of an etcd that does not run. */
  keep(data: string): void;
}

const prefix = 'definitions-';
const keptForMs = 24 * 60 * 60_000;

const filesOf = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .map((name) => join(path, name))
    : [path];

/** Others of before: definitions change, and each is some 80 MB. */
function removeOld(): void {
  for (const name of readdirSync(cacheFolder)) {
    const path = join(cacheFolder, name);
    if (!name.startsWith(prefix) || Date.now() - statSync(path).mtimeMs < keptForMs) continue;
    rmSync(path, { recursive: true, force: true });
  }
}

/** Of these files and folders of definitions, by a server on this port; other content has another snapshot. */
export function findDefinitionsSnapshot(paths: readonly string[], port: number): DefinitionsSnapshot {
  const hash = createHash('sha256').update(`${kubernetesVersion} ${port}`);
  for (const path of paths.flatMap(filesOf)) hash.update(readFileSync(path));
  const folder = join(cacheFolder, prefix + hash.digest('hex').slice(0, 12));
  return {
    folder,
    exists: () => existsSync(folder),
    keep: (data) => {
      removeOld();
      const scratch = `${folder}.${process.pid}`;
      cpSync(data, scratch, { recursive: true });
      try {
        renameSync(scratch, folder);
      } catch {
        // Somebody else has kept it meanwhile.
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  };
}
