import { setTimeout as sleep } from 'node:timers/promises';
import { createQuietLogger } from '../__fixtures__/quiet-logger.ts';
import { createScriptedClient, type ScriptedClient } from '../__fixtures__/scripted-client.ts';
import type { ApiClient, ApiRequest } from '../kube/api-client.ts';
import { KubeApiError } from '../kube/api-error.ts';
import { createLeaderElection, type LeaderElection } from './leader-election.ts';
import { holderOf, type Lease } from './lease.ts';

/** One Lease with the API server's rule: a write that names an old version is refused. */
function createLeaseServer(): {
  client: ScriptedClient;
  current: () => Lease | undefined;
  put: (holder: string) => void;
  isDown: boolean;
} {
  let lease: Lease | undefined;
  let version = 0;
  const store = (body: Lease): Lease => {
    version += 1;
    lease = { ...body, metadata: { ...body.metadata, resourceVersion: String(version) } };
    return lease;
  };
  const server = {
    isDown: false,
    current: () => lease,
    put: (holder: string) => {
      store({
        metadata: { namespace: 'n', name: 'l' },
        spec: { holderIdentity: holder, leaseDurationSeconds: 60 },
      });
    },
    client: createScriptedClient({
      request({ method, body }: ApiRequest) {
        if (server.isDown) throw new KubeApiError(0, 'Unreachable', 'down');
        if (method === 'GET') {
          if (lease === undefined) throw new KubeApiError(404, 'NotFound', 'none');
          return lease;
        }
        const given = body as Lease;
        if (given.metadata.resourceVersion !== lease?.metadata.resourceVersion)
          throw new KubeApiError(409, 'Conflict', 'changed');
        return store(given);
      },
    }),
  };
  return server;
}

const electionOf = (client: ApiClient, identity: string, leaseSeconds = 60): LeaderElection =>
  createLeaderElection({
    client,
    logger: createQuietLogger(),
    namespace: 'n',
    name: 'l',
    identity,
    leaseSeconds,
    renewMs: 2,
  });

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

describe('createLeaderElection', () => {
  test('of many that start at once, one leads at a time, and all get their turn', async () => {
    const { client, current } = createLeaseServer();
    const stops = new Map<string, AbortController>();
    let leaders = 0;
    let most = 0;
    const turns: string[] = [];
    const lead = (identity: string) => async (signal: AbortSignal) => {
      leaders += 1;
      most = Math.max(most, leaders);
      turns.push(identity);
      stops.get(identity)?.abort();
      await untilAborted(signal);
      leaders -= 1;
    };
    const identities = ['a', 'b', 'c', 'd'];
    const outcomes = await Promise.all(
      identities.map((identity) => {
        const stop = new AbortController();
        stops.set(identity, stop);
        return electionOf(client, identity).run(lead(identity), stop.signal);
      }),
    );
    expect(outcomes).toEqual(['stopped', 'stopped', 'stopped', 'stopped']);
    expect(turns.sort()).toEqual(identities);
    expect(most).toBe(1);
    expect(holderOf(current())).toBe('');
  });

  test('a leader that finds another holder stops at once', async () => {
    const server = createLeaseServer();
    const stop = new AbortController();
    let wasStopped = false;
    const outcome = await electionOf(server.client, 'a').run(async (signal) => {
      server.put('b');
      await untilAborted(signal);
      wasStopped = true;
    }, stop.signal);
    expect([outcome, wasStopped]).toEqual(['lost', true]);
    expect(holderOf(server.current())).toBe('b');
  });

  test('a leader that cannot renew stops before its lease ends', async () => {
    const server = createLeaseServer();
    const started = performance.now();
    const outcome = await electionOf(server.client, 'a', 0.3).run((signal) => {
      server.isDown = true;
      return untilAborted(signal);
    }, new AbortController().signal);
    expect(outcome).toBe('lost');
    expect(performance.now() - started).toBeGreaterThan(150);
  });

  test('a holder that has died is followed once its lease is over', async () => {
    const { client, put, current } = createLeaseServer();
    put('dead');
    const lease = current();
    Object.assign(lease?.spec ?? {}, { leaseDurationSeconds: 0.05 });
    const stop = new AbortController();
    await electionOf(client, 'a').run((signal) => {
      stop.abort();
      return untilAborted(signal);
    }, stop.signal);
    expect(current()?.spec?.leaseTransitions).toBeGreaterThan(0);
  });

  test('a leader whose requests hang stops before its lease ends, and what hangs is given up', async () => {
    const server = createLeaseServer();
    const hanging: (AbortSignal | undefined)[] = [];
    const client: ApiClient = {
      ...server.client,
      request(call) {
        if (!server.isDown) return server.client.request(call);
        hanging.push(call.signal);
        return new Promise(() => undefined);
      },
    };
    let started = 0;
    const outcome = await electionOf(client, 'a', 0.3).run((signal) => {
      started = performance.now();
      server.isDown = true;
      return untilAborted(signal);
    }, new AbortController().signal);
    expect(outcome).toBe('lost');
    expect(performance.now() - started).toBeLessThan(300);
    expect(hanging.map((signal) => signal?.aborted)).toEqual([true]);
  });

  test('a lease counts from when its renewal was sent, not from when it was answered', async () => {
    const server = createLeaseServer();
    const client: ApiClient = {
      ...server.client,
      async request(call) {
        if (server.isDown) throw new KubeApiError(0, 'Unreachable', 'down');
        const answer = await server.client.request(call);
        if (call.method !== 'GET') await sleep(250);
        return answer;
      },
    };
    let started = 0;
    await electionOf(client, 'a', 0.6).run((signal) => {
      started = performance.now();
      server.isDown = true;
      return untilAborted(signal);
    }, new AbortController().signal);
    expect(performance.now() - started).toBeLessThan(300);
  });
});
