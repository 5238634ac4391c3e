import { planRenewal } from '@aigw/aws-auth';
import type { RotationPlan, RotationTimes } from '@aigw/planner';
import type { ObjectKey } from '../../kube/kube-object.ts';
import { createRateLimiter } from '../../manager/rate-limiter.ts';
import type { ExchangedCredentials } from './exchange-credentials.ts';
import type { Rotation } from './rotation.ts';

/** What an exchange gave, and when the next one is due. */
export interface Exchanged {
  readonly credentials: ExchangedCredentials;
  readonly times: RotationTimes;
}

/** How exchanging goes on. */
export type Progress =
  | { readonly kind: 'under way' }
  /** A message without secrets, and in how many milliseconds it is worth trying again. */
  | { readonly kind: 'failed'; readonly message: string; readonly retryInMs: number };

/** Exchanges of policies: each on its own, none waited for. */
export interface Exchanges {
  /** What this process exchanged last for a plan. */
  find(policy: ObjectKey, plan: RotationPlan): Exchanged | undefined;
  /** Starts an exchange, unless one is under way or has failed a moment ago. */
  start(policy: ObjectKey, plan: RotationPlan): Progress;
  forget(policy: ObjectKey): void;
}

interface Entry {
  readonly digest: string;
  exchanged?: Exchanged;
  failure?: { readonly message: string; readonly retryAt: number } | undefined;
  isUnderWay: boolean;
}

const firstRetryMs = 1000;

/** As the API server has times, in whole seconds. */
export const formatTime = (time: number): string =>
  new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');

/** @param onDone Called after each exchange, whatever came of it. */
export function createExchanges(
  { exchange, clock, random }: Rotation,
  onDone: (policy: ObjectKey) => void,
): Exchanges {
  const entries = new Map<ObjectKey, Entry>();
  const limiter = createRateLimiter(firstRetryMs);

  /** Of other inputs nothing is kept, their failures neither. */
  const entryOf = (policy: ObjectKey, { digest }: RotationPlan): Entry => {
    const known = entries.get(policy);
    if (known?.digest === digest) return known;
    limiter.forget(policy);
    const entry: Entry = { digest, isUnderWay: false };
    entries.set(policy, entry);
    return entry;
  };

  const run = async (policy: ObjectKey, plan: RotationPlan, entry: Entry): Promise<void> => {
    entry.isUnderWay = true;
    try {
      const credentials = await exchange(plan);
      entry.exchanged = { credentials, times: planTimes(credentials, { time: clock(), random: random() }) };
      entry.failure = undefined;
      if (entries.get(policy) === entry) limiter.forget(policy);
    } catch (error) {
      const message = error instanceof Error ? error.message : 'the exchange failed';
      const delayMs = limiter.next(policy) * (1 - random() / 4);
      entry.failure = { message, retryAt: clock() + delayMs };
    } finally {
      entry.isUnderWay = false;
      if (entries.get(policy) === entry) onDone(policy);
    }
  };

  return {
    find: (policy, plan) => entryOf(policy, plan).exchanged,
    start(policy, plan) {
      const entry = entryOf(policy, plan);
      const { failure } = entry;
      const retryInMs = (failure?.retryAt ?? 0) - clock();
      if (!entry.isUnderWay && retryInMs <= 0) void run(policy, plan, entry);
      return failure === undefined
        ? { kind: 'under way' }
        : { kind: 'failed', message: failure.message, retryInMs: Math.max(0, retryInMs) };
    },
    forget(policy) {
      entries.delete(policy);
      limiter.forget(policy);
    },
  };
}

function planTimes(
  { expiration }: ExchangedCredentials,
  at: { readonly time: number; readonly random: number },
): RotationTimes {
  const expiresAt = expiration.getTime();
  return { expiration: formatTime(expiresAt), renewal: formatTime(planRenewal(expiresAt, at)) };
}
