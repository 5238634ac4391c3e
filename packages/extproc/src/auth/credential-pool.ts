import { createHash } from 'node:crypto';
import type { AwsRotatedCredentials } from '@aigw/api-types';
import {
  type AwsAuthError,
  createRefreshingCredentials,
  type CredentialCache,
  type RotatedCredentials,
} from '@aigw/aws-auth';
import { type AwsPolicy, createPolicySource, describePolicy, type LastingPolicy } from './policy-source.ts';

/** What a policy's credentials need from outside. */
export interface CredentialPoolOptions {
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onError: (error: AwsAuthError, failed: FailedPolicy) => void;
}

/** Whose credentials could not be fetched. */
export interface FailedPolicy {
  /** What it says, without secrets. */
  readonly policy: string;
  /** The backends that share it. */
  readonly backends: readonly string[];
}

/** Hands out credentials while a configuration is compiled. */
export interface CredentialLease {
  /** The credentials of a policy, shared by all backends with the same one. */
  get(auth: AwsPolicy, user: string): CredentialCache;
  /** The configuration is in force: what it did not ask for is forgotten, and the rest is fetched ahead of the first request. */
  commit(): void;
}

/** Credentials by policy; they outlive reloads that leave their policy as it was. */
export interface CredentialPool {
  lease(): CredentialLease;
}

interface Entry {
  readonly cache: CredentialCache;
  users: string[];
  /** The latest that the control plane has; its renewal is no other policy. */
  rotated: RotatedCredentials | undefined;
}

interface Leased {
  readonly entry: Entry;
  readonly users: string[];
  rotated: RotatedCredentials | undefined;
}

/** A pool keyed by a digest of the whole policy, so that two policies never share by accident. */
export function createCredentialPool(options: CredentialPoolOptions): CredentialPool {
  let entries = new Map<string, Entry>();
  return {
    lease() {
      const leased = new Map<string, Leased>();
      return {
        get({ rotated: text, ...policy }, user) {
          const key = digest(policy);
          const rotated = readRotated(text);
          const lease = leased.get(key) ?? {
            entry: entries.get(key) ?? createEntry(policy, rotated, options),
            users: [],
            rotated: undefined,
          };
          lease.users.push(user);
          lease.rotated = chooseLater(lease.rotated, rotated);
          leased.set(key, lease);
          return lease.entry.cache;
        },
        commit() {
          entries = new Map(
            [...leased].map(([key, { entry, users, rotated }]) => [
              key,
              Object.assign(entry, { users, rotated }),
            ]),
          );
          for (const { cache } of entries.values()) warmUp(cache);
        },
      };
    },
  };
}

function createEntry(
  policy: LastingPolicy,
  rotated: RotatedCredentials | undefined,
  { now, random, onError }: CredentialPoolOptions,
): Entry {
  const entry: Entry = {
    users: [],
    rotated,
    cache: createRefreshingCredentials({
      source: createPolicySource(policy, {
        rotated: () => entry.rotated,
        now: () => entry.cache.clock.now(),
      }),
      now,
      random,
      onError: (error) => onError(error, { policy: describePolicy(policy), backends: entry.users }),
    }),
  };
  return entry;
}

function readRotated(rotated: AwsRotatedCredentials | undefined): RotatedCredentials | undefined {
  return rotated && { text: rotated.credentialFileLiteral, expiration: new Date(rotated.expiration) };
}

/** Two policies that say the same may each have credentials of their own. */
function chooseLater(
  left: RotatedCredentials | undefined,
  right: RotatedCredentials | undefined,
): RotatedCredentials | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left.expiration < right.expiration ? right : left;
}

/** A failure is reported by the cache itself and told to the requests that need it. */
function warmUp(cache: CredentialCache): void {
  void (async () => cache.get())().catch(() => undefined);
}

/** The same for equal policies, whatever the order of their fields. */
function digest(auth: object): string {
  return createHash('sha256').update(JSON.stringify(auth, sortFields)).digest('hex');
}

function sortFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
