import { accessSync, constants } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { writeFileAtomic } from '@aigw/service-runtime';

/** Unix socket paths are at most 107 bytes on Linux and 103 on macOS. */
const maxSocketPathBytes = 103;
const longestSocketName = 'extproc-admin.sock';

/** The private folder of one run: configuration with secrets (files 0600) and sockets. */
export interface RunDirectory {
  path: string;
  file: (name: string) => string;
  /** Replaces a file by rename, which is what Envoy and extproc watch for. */
  write: (name: string, content: string) => Promise<void>;
  remove: () => Promise<void>;
}

/** Creates the folder (0700) below the first base that can be written and is short enough for a socket path. */
export async function createRunDirectory(
  env: Readonly<Record<string, string | undefined>>,
  temporaryFolder: string,
): Promise<RunDirectory> {
  const path = await mkdtemp(join(chooseBase(env['XDG_RUNTIME_DIR'], temporaryFolder), 'aigw-'));
  await chmod(path, 0o700);
  return {
    path,
    file: (name) => join(path, name),
    write: (name, content) => writeFileAtomic(join(path, name), content, 0o600),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** The first of the user's runtime folder, the temporary folder and /tmp that will do. */
export function chooseBase(runtimeFolder: string | undefined, temporaryFolder: string): string {
  for (const base of [runtimeFolder, temporaryFolder]) {
    if (base !== undefined && base !== '' && isShortEnough(base) && isWritable(base)) return base;
  }
  return '/tmp';
}

function isShortEnough(base: string): boolean {
  return Buffer.byteLength(join(base, 'aigw-XXXXXX', longestSocketName)) <= maxSocketPathBytes;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
