import { createHash } from 'node:crypto';
import { type AwsAuthError, createRefreshingCredentials, type CredentialCache } from '@aigw/aws-auth';
import { type AwsPolicy, createPolicySource, describePolicy } from './policy-source.ts';

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
}

/** A pool keyed by a digest of the whole policy, so that two policies never share by accident. */
export function createCredentialPool(options: CredentialPoolOptions): CredentialPool {
  let entries = new Map<string, Entry>();
  return {
    lease() {
      const leased = new Map<string, { readonly entry: Entry; readonly users: string[] }>();
      return {
        get(auth, user) {
          const key = digest(auth);
          const found = leased.get(key);
          const { entry, users } = found ?? {
            entry: entries.get(key) ?? createEntry(auth, options),
            users: [],
          };
          users.push(user);
          leased.set(key, { entry, users });
          return entry.cache;
        },
        commit() {
          entries = new Map(
            [...leased].map(([key, { entry, users }]) => {
              entry.users = users;
              return [key, entry];
            }),
          );
          for (const { cache } of entries.values()) warmUp(cache);
        },
      };
    },
  };
}

function createEntry(auth: AwsPolicy, options: CredentialPoolOptions): Entry {
  const { now, random, onError } = options;
  const entry: Entry = {
    users: [],
    cache: createRefreshingCredentials({
      source: createPolicySource(auth),
      now,
      random,
      onError: (error) => onError(error, { policy: describePolicy(auth), backends: entry.users }),
    }),
  };
  return entry;
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
