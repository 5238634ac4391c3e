import { extprocClusterConfig } from './extproc-cluster.ts';

test('no limit on queued frames can cut all requests at once while the processor pauses', () => {
  const json = JSON.stringify(extprocClusterConfig({ ads: {} }));
  // Envoy's own limits are 10,000 and 1,000 frames of all requests together: docs/adr/0004.
  for (const name of ['max_outbound_frames', 'max_outbound_control_frames']) {
    expect(Number(new RegExp(`"${name}":(\\d+)`).exec(json)?.[1])).toBeGreaterThanOrEqual(1_000_000);
  }
});
