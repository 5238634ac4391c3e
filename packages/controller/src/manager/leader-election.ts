import type { Logger } from '@aigw/service-runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../kube/api-client.ts';
import { createLeaseStore, holderOf, type Lease } from './lease.ts';

export interface LeaderElectionOptions {
  readonly client: ApiClient;
  readonly logger: Logger;
  readonly namespace: string;
  readonly name: string;
  /** Who we are: different for each process. */
  readonly identity: string;
  /** How long a holder may be silent before another one takes over. */
  readonly leaseSeconds?: number;
  /** How often the holder says that it is there, and the others look. */
  readonly renewMs?: number;
}

/** Runs something in one process at a time. */
export interface LeaderElection {
  /**
   * Waits for the lease, runs `lead` while it is held, and gives it back. `lead`'s signal aborts when the lease may be
   * lost. Resolves when the signal aborts, or with `lost` when the lease was.
   */
  run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<'stopped' | 'lost'>;
}

type Attempt = 'held' | 'taken' | 'unknown';

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined);

/** Tells how long a holder has been silent by our own clock: the clocks of two machines are never compared. */
function createSilenceClock(): (lease: Lease) => number {
  let seen: { readonly version: string | undefined; readonly at: number } | undefined;
  return ({ metadata }) => {
    const now = performance.now();
    if (seen?.version !== metadata.resourceVersion || seen === undefined) {
      seen = { version: metadata.resourceVersion, at: now };
    }
    return now - seen.at;
  };
}

export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  const { client, logger, namespace, name, identity, leaseSeconds = 15, renewMs = 2000 } = options;
  const leases = createLeaseStore(client, { namespace, name }, leaseSeconds);
  const silenceMs = createSilenceClock();

  const isFree = (lease: Lease): boolean => {
    const holder = holderOf(lease);
    if (holder === '' || holder === identity) return true;
    return silenceMs(lease) > (lease.spec?.leaseDurationSeconds ?? leaseSeconds) * 1000;
  };

  const attempt = async (): Promise<Attempt> => {
    try {
      const lease = await leases.read();
      if (lease !== undefined && !isFree(lease)) return 'taken';
      return (await leases.write(lease, identity)) ? 'held' : 'unknown';
    } catch (error) {
      logger.warn('the lease cannot be read or written', { lease: `${namespace}/${name}`, error });
      return 'unknown';
    }
  };

  /** Until the signal, until another one has it, or until two thirds of the lease have passed without renewing it. */
  const keep = async (signal: AbortSignal): Promise<'stopped' | 'lost'> => {
    let renewed = performance.now();
    for (;;) {
      await pause(renewMs, signal);
      if (signal.aborted) return 'stopped';
      const outcome = await attempt();
      if (outcome === 'held') renewed = performance.now();
      if (outcome === 'taken' || performance.now() - renewed > (leaseSeconds * 1000 * 2) / 3) return 'lost';
    }
  };

  const release = async (): Promise<void> => {
    try {
      const lease = await leases.read();
      if (holderOf(lease) === identity) await leases.write(lease, '');
    } catch (error) {
      logger.warn('the lease was not given back; it ends by itself', { error });
    }
  };

  return {
    async run(lead, signal) {
      while ((await attempt()) !== 'held') {
        await pause(renewMs, signal);
        if (signal.aborted) return 'stopped';
      }
      logger.info('leading', { lease: `${namespace}/${name}`, identity });
      const lost = new AbortController();
      const leading = lead(AbortSignal.any([signal, lost.signal]));
      const outcome = await keep(signal);
      lost.abort();
      await leading;
      if (outcome === 'stopped') await release();
      return outcome;
    },
  };
}
