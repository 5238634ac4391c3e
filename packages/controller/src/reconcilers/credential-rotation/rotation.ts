import type { RotationFailure } from '@aigw/planner';
import type { ObjectKey } from '../../kube/kube-object.ts';
import type { ExchangeCredentials } from './exchange-credentials.ts';

/** What rotating credentials needs from outside, and what it tells of itself. */
export interface Rotation {
  readonly exchange: ExchangeCredentials;
  readonly outcomes: RotationOutcomes;
  /** Unix time in milliseconds. */
  readonly clock: () => number;
  /** 0 to 1; spreads the renewals of many. */
  readonly random: () => number;
}

/** How the last look at a policy's credentials went; `unknown` until there was one. */
export type RotationOutcome = RotationFailure | 'fine' | 'unknown';

/** What the conditions of policies say of their credentials. */
export interface RotationOutcomes {
  of(policy: ObjectKey): RotationOutcome;
  /** True when it is news. */
  report(policy: ObjectKey, outcome: RotationFailure | 'fine'): boolean;
  forget(policy: ObjectKey): void;
}

export function createRotationOutcomes(): RotationOutcomes {
  const outcomes = new Map<ObjectKey, RotationFailure | 'fine'>();
  return {
    of: (policy) => outcomes.get(policy) ?? 'unknown',
    report(policy, outcome) {
      const isNews = JSON.stringify(outcomes.get(policy)) !== JSON.stringify(outcome);
      outcomes.set(policy, outcome);
      return isNews;
    },
    forget: (policy) => void outcomes.delete(policy),
  };
}
