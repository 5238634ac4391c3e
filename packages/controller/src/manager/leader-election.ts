import type { Logger } from '@aigw/service-runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../kube/api-client.ts';
import { endRequestsBy } from '../kube/end-requests.ts';
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

/** Of the lease's time: how long a holder leads without having renewed it; the rest is for clocks and for what it still sends. */
const renewWithin = 2 / 3;

/** Of the lease's time: how long one request may take. An attempt is two of them, and a late one leaves time for another. */
const requestWithin = 1 / 5;

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

/** Our hold on a lease. */
interface Hold {
  attempt(): Promise<Attempt>;
  /** How long we may still lead without renewing it. */
  msLeft(): number;
  release(): Promise<void>;
}

function createHold(options: LeaderElectionOptions, leaseSeconds: number): Hold {
  const { client, logger, namespace, name, identity } = options;
  const leaseMs = leaseSeconds * 1000;
  const impatient = endRequestsBy(client, () => AbortSignal.timeout(leaseMs * requestWithin));
  const leases = createLeaseStore(impatient, { namespace, name }, leaseSeconds);
  const silenceMs = createSilenceClock();
  /** When the write was sent that last renewed the lease: others may count from then on. */
  let renewedAt = 0;

  const isFree = (lease: Lease): boolean => {
    const holder = holderOf(lease);
    if (holder === '' || holder === identity) return true;
    return silenceMs(lease) > (lease.spec?.leaseDurationSeconds ?? leaseSeconds) * 1000;
  };

  return {
    async attempt() {
      try {
        const lease = await leases.read();
        if (lease !== undefined && !isFree(lease)) return 'taken';
        const sentAt = performance.now();
        if (!(await leases.write(lease, identity))) return 'unknown';
        renewedAt = sentAt;
        return 'held';
      } catch (error) {
        logger.warn('the lease cannot be read or written', { lease: `${namespace}/${name}`, error });
        return 'unknown';
      }
    },
    msLeft: () => Math.max(0, renewedAt + leaseMs * renewWithin - performance.now()),
    async release() {
      try {
        const lease = await leases.read();
        if (holderOf(lease) === identity) await leases.write(lease, '');
      } catch (error) {
        logger.warn('the lease was not given back; it ends by itself', { error });
      }
    },
  };
}

export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  const { logger, namespace, name, identity, leaseSeconds = 15, renewMs = 2000 } = options;
  const hold = createHold(options, leaseSeconds);

  const renew = async (signal: AbortSignal): Promise<Attempt> => {
    await pause(renewMs, signal);
    return signal.aborted ? 'unknown' : hold.attempt();
  };

  /** Until the signal, until another one has it, or until it has not been renewed in time, whatever is still asked. */
  const keep = async (signal: AbortSignal): Promise<'stopped' | 'lost'> => {
    for (;;) {
      const answered = new AbortController();
      const late = pause(hold.msLeft(), answered.signal).then(() => 'late' as const);
      const outcome = await Promise.race([renew(signal), late]);
      answered.abort();
      if (outcome === 'taken' || outcome === 'late') return 'lost';
      if (signal.aborted) return 'stopped';
    }
  };

  return {
    async run(lead, signal) {
      while ((await hold.attempt()) !== 'held') {
        await pause(renewMs, signal);
        if (signal.aborted) return 'stopped';
      }
      logger.info('leading', { lease: `${namespace}/${name}`, identity });
      const lost = new AbortController();
      const leading = lead(AbortSignal.any([signal, lost.signal]));
      const outcome = await keep(signal);
      lost.abort();
      await leading;
      if (outcome === 'stopped') await hold.release();
      return outcome;
    },
  };
}
