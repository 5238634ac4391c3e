import { type Logger, sha256Hex } from '@aigw/service-runtime';
import { setImmediate } from 'node:timers/promises';
import { createQuietLogger } from './__fixtures__/quiet-logger.ts';
import { createScriptedClient } from './__fixtures__/scripted-client.ts';
import { type ControlPlane, createControlPlane } from './control-plane.ts';
import type { ApiClient, ApiRequest } from './kube/api-client.ts';
import { KubeApiError } from './kube/api-error.ts';
import { createLeaderElection, type LeaderElection } from './manager/leader-election.ts';

function planeOf(client: ApiClient, logger: Logger, election: LeaderElection): ControlPlane {
  return createControlPlane({
    client,
    logger,
    sha256Hex,
    now: () => '2026-01-01T00:00:00Z',
    nowMs: () => 0,
    certificateSecret: 'n/certificate',
    envoyGatewayNamespace: 'envoy-gateway-system',
    extprocContainer: 'ai-gateway-extproc',
    checkCel: () => undefined,
    sidecarDefaults: () => Promise.reject(new Error('no proxy is there')),
    election,
  });
}

test('a replica that has lost its lease says so at once, and does not stay without ever leading again', async () => {
  let isDown = false;
  const logger = createQuietLogger();
  const client = createScriptedClient({
    request({ path, method }) {
      if (isDown) throw new KubeApiError(0, 'Unreachable', 'down');
      if (!path.includes('/leases')) return { metadata: { resourceVersion: '1' }, items: [] };
      if (method === 'GET') throw new KubeApiError(404, 'NotFound', 'none');
      return {};
    },
  });
  const lease = { namespace: 'n', name: 'l', identity: 'a', leaseSeconds: 0.03, renewMs: 2 };
  const election = createLeaderElection({ client, logger, ...lease });
  const plane = planeOf(client, logger, election);
  const stop = new AbortController();
  await plane.start(stop.signal);
  const running = plane.run(stop.signal);
  while (!logger.lines.includes('info leading')) await setImmediate();
  isDown = true;
  await expect(running).rejects.toThrow('the lease was lost');
  stop.abort();
});

test('what is being written for a term ends with the term, and nothing more is sent', async () => {
  const logger = createQuietLogger();
  const writes: ApiRequest[] = [];
  const policy = {
    apiVersion: 'aigateway.envoyproxy.io/v1beta1',
    kind: 'BackendSecurityPolicy',
    metadata: { namespace: 'n', name: 'p', uid: 'u', resourceVersion: '1', generation: 1 },
    spec: {},
  };
  let sent: () => void = () => undefined;
  const isSent = new Promise<void>((resolve) => (sent = resolve));
  const client: ApiClient = {
    ...createScriptedClient({ request: () => undefined }),
    request(call) {
      const items = call.path.endsWith('/backendsecuritypolicies') ? [policy] : [];
      if (call.method === 'GET') return Promise.resolve({ metadata: { resourceVersion: '1' }, items });
      writes.push(call);
      sent();
      return new Promise((_resolve, reject) => {
        call.signal?.addEventListener('abort', () => reject(new Error('given up')), { once: true });
      });
    },
  };
  const election: LeaderElection = {
    async run(lead) {
      const term = new AbortController();
      const leading = lead(term.signal);
      await isSent;
      term.abort();
      await leading;
      return 'lost';
    },
  };
  const plane = planeOf(client, logger, election);
  const stop = new AbortController();
  await plane.start(stop.signal);
  await expect(plane.run(stop.signal)).rejects.toThrow('the lease was lost');
  expect(
    writes.map(({ path, signal }) => [path.includes('/backendsecuritypolicies/p'), signal?.aborted]),
  ).toEqual([[true, true]]);
  stop.abort();
});
