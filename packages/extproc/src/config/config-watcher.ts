import { setTimeout as sleep } from 'node:timers/promises';
import { createFileWatcher, type FileWatcher, type Logger, type Service } from '@aigw/service-runtime';
import type { ConfigMetrics } from '../telemetry/config-metrics.ts';
import { ConfigError } from './config-error.ts';
import { type ConfigSource, readConfigText, watchedFile } from './config-source.ts';
import type { LoadableConfigStore } from './config-store.ts';

export interface ConfigWatcherOptions {
  readonly source: ConfigSource;
  readonly store: LoadableConfigStore;
  readonly logger: Logger;
  readonly metrics: ConfigMetrics;
  /** Waits between the attempts to read what may be half written. */
  readonly retryDelaysMs?: readonly number[];
}

const defaultRetryDelaysMs = [100, 250, 500, 1000, 2000, 4000];

/**
 * Loads the configuration and keeps it up to date with its file. A file that cannot be used at start is an error of `start`;
 * a bundle is waited for, as it may be half written. Later failures keep the last good configuration, are logged and
 * counted, and are tried again a few times besides the next change.
 */
export function createConfigWatcher(options: ConfigWatcherOptions): Service {
  const { logger } = options;
  const file = watchedFile(options.source);
  const reloader = createReloader(options);
  let watcher: FileWatcher | undefined;
  return {
    name: 'config',
    async start() {
      watcher = createFileWatcher({
        path: file,
        onChange: () => void reloader.reload(),
        onError: (error) => logger.error('cannot watch the configuration', { file, error }),
      });
      try {
        await watcher.ready;
        await loadFirst(options);
      } catch (error) {
        watcher.close();
        throw error;
      }
    },
    async stop() {
      watcher?.close();
      await reloader.stop();
    },
  };
}

interface Reloader {
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** One reload at a time; changes meanwhile lead to one more. */
function createReloader({ source, store, logger, metrics, retryDelaysMs }: ConfigWatcherOptions): Reloader {
  const delays = retryDelaysMs ?? defaultRetryDelaysMs;
  let retry: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isStopped = false;
  let isStale = false;

  const attempt = async (number: number): Promise<void> => {
    clearTimeout(retry);
    try {
      await load(source, store);
    } catch (error) {
      metrics.failed();
      const file = watchedFile(source);
      logger.error('configuration refused; the last good one stays in force', {
        file,
        reason: messageOf(error),
      });
      const delay = delays[number];
      if (delay !== undefined && !isStopped) retry = setTimeout(() => void schedule(number + 1), delay);
    }
  };

  const schedule = async (number: number): Promise<void> => {
    if (isStopped) return;
    if (running !== undefined) {
      isStale = true;
      return;
    }
    running = attempt(number);
    await running;
    running = undefined;
    if (!isStale) return;
    isStale = false;
    await schedule(0);
  };

  return {
    reload: () => schedule(0),
    async stop() {
      isStopped = true;
      clearTimeout(retry);
      await running;
    },
  };
}

async function loadFirst({ source, store, logger, retryDelaysMs }: ConfigWatcherOptions): Promise<void> {
  for (const delay of retryDelaysMs ?? defaultRetryDelaysMs) {
    try {
      await load(source, store);
      return;
    } catch (error) {
      if (source.kind === 'file' || isInvalid(error)) throw error;
      logger.warn('configuration bundle is not complete yet', {
        file: watchedFile(source),
        reason: messageOf(error),
      });
      await sleep(delay);
    }
  }
  await load(source, store);
}

async function load(source: ConfigSource, store: LoadableConfigStore): Promise<void> {
  store.load(await readConfigText(source), source.kind === 'file' ? source.path : source.folder);
}

function isInvalid(error: unknown): boolean {
  return ConfigError.is(error) && error.code === 'invalid_config';
}

/** Parsers' messages and causes may quote the content; only our own messages are known not to. */
function messageOf(error: unknown): string {
  return ConfigError.is(error) ? error.message : 'internal error';
}
