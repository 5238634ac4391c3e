import { Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger, Service } from '@aigw/service-runtime';
import type { ConfigMetrics } from '../telemetry/config-metrics.ts';
import type { LoadableConfigStore } from './config-store.ts';
import { type ConfigServer, type PollAnswer, pollConfig } from './poll-config.ts';

export interface ConfigSubscriptionOptions {
  readonly server: ConfigServer;
  readonly store: LoadableConfigStore;
  readonly logger: Logger;
  readonly metrics: ConfigMetrics;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** From 0 to 1: servers that come back are not asked by everybody at once. */
  readonly random: () => number;
  readonly timing?: Partial<SubscriptionTiming>;
}

/** All in milliseconds. */
export interface SubscriptionTiming {
  /** How long the server may wait for a change before it answers that there is none. */
  readonly wait: number;
  /** How long to wait after the first failure, and after many. */
  readonly retry: readonly [first: number, last: number];
  /** How long start waits for the first answer: what the volume has may be a minute old. */
  readonly start: number;
  /** How long a server may have an earlier configuration than ours before it is believed. */
  readonly disbelief: number;
}

const defaultTiming: SubscriptionTiming = {
  wait: 25_000,
  retry: [250, 5000],
  start: 1000,
  disbelief: 60_000,
};

/** Turns the answers of a server into configurations in force. */
interface Acceptor {
  /** What is not to be sent again: the digest of what was refused. */
  refused(): string | undefined;
  /** False for an answer that is not to be built on: the server is behind. */
  accept(answer: PollAnswer): boolean;
}

/**
 * A replica of the controller that has not seen the latest change is asked again; a cluster whose past was restored never
 * sees it, and is believed in the end.
 */
function createAcceptor(
  { store, logger, metrics, now, server }: ConfigSubscriptionOptions,
  disbelief: number,
): Acceptor {
  let refused: string | undefined;
  let behindSince: number | undefined;
  return {
    refused: () => refused,
    accept(answer) {
      if (answer.kind === 'unchanged') {
        behindSince = undefined;
        return true;
      }
      const isBelieved = behindSince !== undefined && now() - behindSince >= disbelief;
      try {
        if (store.load(answer.config, server.url.host, { evenIfOlder: isBelieved }) === 'older') {
          behindSince ??= now();
          return false;
        }
      } catch (error) {
        refused = answer.checksum;
        metrics.failed();
        const reason = error instanceof Error ? error.message : String(error);
        logger.error('configuration refused; the last good one stays in force', { reason });
      }
      behindSince = undefined;
      return true;
    },
  };
}

/** Says once that the server is lost, and once that it is back. */
function createConnectionLog({ logger, metrics, server }: ConfigSubscriptionOptions): {
  up(): void;
  down(error: unknown): void;
} {
  let isUp: boolean | undefined;
  return {
    up() {
      if (isUp !== true) logger.info('the controller tells of changes', { server: server.url.host });
      isUp = true;
      metrics.connected(true);
    },
    down(error) {
      const reason = error instanceof Error ? error.message : String(error);
      const fields = { server: server.url.host, reason };
      if (isUp !== false) logger.warn('the controller cannot be asked; changes come by the volume', fields);
      isUp = false;
      metrics.connected(false);
    },
  };
}

/** One connection at a time. */
interface Connections {
  agent(): Agent;
  /** Another connection may lead to another replica. */
  renew(): void;
  end(): void;
}

function createConnections(): Connections {
  const open = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });
  let current = open();
  return {
    agent: () => current,
    renew() {
      current.destroy();
      current = open();
    },
    end: () => {
      current.destroy();
    },
  };
}

/** Longer after each failure, never the same for two proxies. */
function retryDelay(
  [first, last]: SubscriptionTiming['retry'],
  failures: number,
  random: () => number,
): number {
  const limit = Math.min(last, first * 2 ** Math.min(failures - 1, 16));
  return limit * (0.5 + random() / 2);
}

/**
 * Asks the controller for changes of the configuration, without end: each request waits at the server until there is one.
 * Nothing depends on it: without the server, changes come by the volume.
 */
export function createConfigSubscription(options: ConfigSubscriptionOptions): Service {
  const { server, store, random } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const stopping = new AbortController();
  const { signal } = stopping;
  const acceptor = createAcceptor(options, timing.disbelief);
  const connection = createConnectionLog(options);
  const connections = createConnections();
  let running: Promise<void> = Promise.resolve();

  const askOnce = async (waitMs: number): Promise<boolean> => {
    try {
      const waitSeconds = Math.ceil(waitMs / 1000);
      const known = store.identity();
      const refused = acceptor.refused();
      const isFine = acceptor.accept(
        await pollConfig({ server, agent: connections.agent(), known, refused, waitSeconds, signal }),
      );
      if (isFine) connection.up();
      else connection.down('it has an earlier configuration');
      return isFine;
    } catch (error) {
      if (!signal.aborted) connection.down(error);
      return false;
    }
  };

  const follow = async (markAnswered: () => void): Promise<void> => {
    // The first answer is wanted at once, whatever it is.
    let wait = 0;
    let failures = 0;
    while (!signal.aborted) {
      failures = (await askOnce(wait)) ? 0 : failures + 1;
      wait = timing.wait;
      markAnswered();
      if (failures === 0) continue;
      connections.renew();
      await sleep(retryDelay(timing.retry, failures, random), undefined, { signal }).catch(() => undefined);
    }
  };

  return {
    name: 'config subscription',
    async start() {
      const answered = new Promise<void>((resolve) => {
        running = follow(resolve);
      });
      const isOver = new AbortController();
      await Promise.race([
        answered,
        sleep(timing.start, undefined, { signal: isOver.signal }).catch(() => undefined),
      ]);
      isOver.abort();
    },
    async stop() {
      stopping.abort();
      connections.end();
      await running;
    },
  };
}
