import { lstat, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shareSocket } from '@aigw/service-runtime';

/** A Unix socket that is moved into place once it listens. */
export interface SocketClaim {
  /** Where to bind first. */
  readonly bindPath: string;
  /** Moves the bound socket to its path, in place of the one that is there; to be called when it accepts connections. */
  publish(): Promise<void>;
  /** Removes the path, unless a newer process has put its own socket there. */
  release(): Promise<void>;
}

/**
 * Prepares a socket at `path`. The socket is bound beside it and renamed, for two reasons: clients never see a moment without a
 * server when one process hands over to the next, and libuv, which unlinks the path that was bound when a server closes,
 * cannot unlink the socket of the next process.
 * @throws Error when something other than a socket is at `path`.
 */
export async function claimSocket(path: string, pid: number): Promise<SocketClaim> {
  const existing = await lstat(path).catch(() => undefined);
  if (existing !== undefined && !existing.isSocket()) throw new Error(`${path} exists and is not a socket`);
  const bindPath = join(dirname(path), `.${pid}`);
  await rm(bindPath, { force: true });
  let inode: number | undefined;
  return {
    bindPath,
    async publish() {
      await shareSocket(bindPath);
      ({ ino: inode } = await lstat(bindPath));
      await rename(bindPath, path);
    },
    async release() {
      const current = await lstat(path).catch(() => undefined);
      if (current !== undefined && current.ino === inode) await rm(path, { force: true });
    },
  };
}
