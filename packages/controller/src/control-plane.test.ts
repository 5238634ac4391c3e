import { setImmediate } from 'node:timers/promises';
import { createQuietLogger } from './__fixtures__/quiet-logger.ts';
import { createScriptedClient } from './__fixtures__/scripted-client.ts';
import { createControlPlane } from './control-plane.ts';
import { KubeApiError } from './kube/api-error.ts';
import { createLeaderElection } from './manager/leader-election.ts';
import { sha256Hex } from './sha256-hex.ts';

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
  const plane = createControlPlane({
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
    election: createLeaderElection({ client, logger, ...lease }),
  });
  const stop = new AbortController();
  await plane.start(stop.signal);
  const running = plane.run(stop.signal);
  while (!logger.lines.includes('info leading')) await setImmediate();
  isDown = true;
  await expect(running).rejects.toThrow('the lease was lost');
  stop.abort();
});
