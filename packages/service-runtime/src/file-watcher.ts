import { watch, type FSWatcher } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createQuietTimer } from './quiet-timer.ts';

export interface FileWatcherOptions {
  /** The file whose content matters. It need not exist yet. */
  readonly path: string;
  /**
   * Called after the file was written, replaced, created or removed, and its folder was quiet for `debounceMs`;
   * in a folder that is never quiet, after ten times that.
   */
  readonly onChange: () => void;
  /** Called when the system refuses to watch; changes may then go unseen. */
  readonly onError: (error: Error) => void;
  readonly debounceMs?: number;
}

export interface FileWatcher {
  /** Resolves when the watches are in place. Changes before that go unseen. */
  readonly ready: Promise<void>;
  close(): void;
}

/**
 * Watches one file by events, without polling. The folders on its way are watched, not the file: so a rename over it, an
 * editor's save, and Kubernetes' swap of the `..data` link are all seen. The folders are looked up again after each event,
 * because links may have moved; a missing folder is waited for in the nearest one that exists.
 */
export function createFileWatcher(options: FileWatcherOptions): FileWatcher {
  const { path, onChange, onError, debounceMs = 50 } = options;
  const watches = new Map<string, FSWatcher>();
  let closed = false;
  let seen = '';

  const settle = async (): Promise<void> => {
    await arm();
    const now = await fingerprint(path);
    if (isClosed() || now === seen) return;
    seen = now;
    onChange();
  };

  const quiet = createQuietTimer(debounceMs, () => void settle());
  const schedule = (): void => {
    if (!closed) quiet.restart();
  };

  const arm = async (): Promise<void> => {
    const wanted = await foldersOnTheWay(path);
    if (isClosed()) return;
    for (const [identity, watcher] of watches) {
      if (wanted.has(identity)) continue;
      watcher.close();
      watches.delete(identity);
    }
    for (const [identity, folder] of wanted) if (!watches.has(identity)) watchFolder(identity, folder);
  };

  const watchFolder = (identity: string, folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, schedule);
      watcher.on('error', (error) => {
        watcher.close();
        watches.delete(identity);
        onError(error);
        schedule();
      });
      watches.set(identity, watcher);
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const isClosed = (): boolean => closed;

  return {
    ready: arm().then(async () => {
      seen = await fingerprint(path);
    }),
    close() {
      closed = true;
      quiet.stop();
      for (const watcher of watches.values()) watcher.close();
      watches.clear();
    },
  };
}

/**
 * The folder that holds the path as it is written and, through links, the one that holds the content; by identity, so
 * that a folder that was removed and made again counts as another one.
 */
async function foldersOnTheWay(path: string): Promise<Map<string, string>> {
  const target = await realpath(path).catch(() => path);
  const folders = new Map<string, string>();
  for (const start of [dirname(path), dirname(target)]) {
    const { identity, folder } = await nearestFolder(start);
    folders.set(identity, folder);
  }
  return folders;
}

async function nearestFolder(folder: string): Promise<{ identity: string; folder: string }> {
  const entry = await stat(folder).catch(() => undefined);
  if (entry?.isDirectory() === true) return { identity: `${entry.dev}:${entry.ino}`, folder };
  if (folder === dirname(folder)) return { identity: folder, folder };
  return nearestFolder(dirname(folder));
}

async function fingerprint(path: string): Promise<string> {
  try {
    const target = await realpath(path);
    const { ino, size, mtimeNs, ctimeNs } = await stat(target, { bigint: true });
    return `${target}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return 'missing';
  }
}
