import { createFileWatcher, type FileWatcher } from '@aigw/service-runtime';

/** Follows the files of a configuration. */
export interface Reloader {
  /** Watches exactly these files and folders from now on. */
  watch: (files: readonly string[]) => Promise<void>;
  /** Ends watching, and waits for a reload that is under way. */
  close: () => Promise<void>;
}

/**
 * Calls `reload` after changes, never twice at the same time: changes during a reload cause one more afterwards.
 * @param reload Must not reject; it reports what is wrong itself.
 */
export function createReloader(reload: () => Promise<void>, note: (line: string) => void): Reloader {
  const watchers = new Map<string, FileWatcher>();
  let running: Promise<void> | undefined;
  let isAgain = false;
  let isClosed = false;

  const trigger = (): void => {
    if (isClosed) return;
    if (running !== undefined) {
      isAgain = true;
      return;
    }
    running = reload().finally(() => {
      running = undefined;
      if (!isAgain) return;
      isAgain = false;
      trigger();
    });
  };

  return {
    async watch(files) {
      const wanted = new Set(files);
      for (const [file, watcher] of watchers) {
        if (wanted.has(file)) continue;
        watcher.close();
        watchers.delete(file);
      }
      for (const file of wanted) {
        if (watchers.has(file) || isClosed) continue;
        const onError = (error: Error): void => note(`changes of ${file} may go unseen: ${error.message}`);
        watchers.set(file, createFileWatcher({ path: file, onChange: trigger, onError }));
      }
      await Promise.all([...watchers.values()].map(({ ready }) => ready));
    },
    async close() {
      isClosed = true;
      for (const watcher of watchers.values()) watcher.close();
      await running;
    },
  };
}
