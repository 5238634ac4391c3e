import { type Checked, type Finding, warn } from '../doctor/finding.ts';

/** What was read of a cluster: a thing, that there is none, or why it is not known. */
export type Fact<T> =
  | { readonly state: 'found'; readonly value: T }
  | { readonly state: 'missing' }
  | { readonly state: 'unread'; readonly reason: string };

export const found = <T>(value: T): Fact<T> => ({ state: 'found', value });
export const missing = { state: 'missing' } as const;
export const unread = (reason: string): Fact<never> => ({ state: 'unread', reason });

/** The thing, where there is one. */
export function valueOf<T>(fact: Fact<T>): T | undefined {
  return fact.state === 'found' ? fact.value : undefined;
}

/** The list, empty where it is not there or not known. */
export function itemsOf<T>(fact: Fact<readonly T[]>): readonly T[] {
  return valueOf(fact) ?? [];
}

/** Another fact made of the thing. */
export function mapFact<T, R>(fact: Fact<T>, map: (value: T) => R): Fact<R> {
  return fact.state === 'found' ? found(map(fact.value)) : fact;
}

/** What could not be read is said, and not guessed. */
export function notRead(checked: Checked, what: string, reason: string): Finding {
  return warn(checked, {
    message: `${what} could not be read, so it is not checked: ${reason}`,
    fix: 'run this as somebody who may read it, or allow it by a ClusterRole; the name of the right is above',
  });
}
