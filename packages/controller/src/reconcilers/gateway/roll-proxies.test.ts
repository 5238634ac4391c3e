import { createQuietLogger } from '../../__fixtures__/quiet-logger.ts';
import { createScriptedClient } from '../../__fixtures__/scripted-client.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import { rolloutAnnotation, settleMs } from './plan-rollout.ts';
import { createProxyRoller } from './roll-proxies.ts';

/** One Deployment, or DaemonSet, of one Gateway, and what a leader does about its pods as time goes by. */
function start(kind: 'Deployment' | 'DaemonSet' = 'Deployment'): {
  readonly look: (wanted: string, ...digests: (string | undefined)[]) => Promise<string[]>;
  readonly pass: (ms: number) => void;
} {
  let clock = 0;
  let annotations: Record<string, string> = {};
  const said: string[] = [];
  const client = createScriptedClient({
    request({ path, body }) {
      const patch = body as { spec: { template: { metadata: { annotations: Record<string, string> } } } };
      ({ annotations } = patch.spec.template.metadata);
      said.push(`${path.split('/').slice(-2).join('/')} ${annotations[rolloutAnnotation] ?? ''}`);
      return {};
    },
  });
  const enqueue = (controller: string, key: string, afterMs?: number): void => {
    said.push(`${controller} ${key} in ${String(afterMs)}`);
  };
  const roller = createProxyRoller({ client, enqueue, logger: createQuietLogger() }, 'n/g', () => clock);
  return {
    pass: (ms) => (clock += ms),
    async look(wanted, ...digests) {
      const pods = digests.map((digest) => ({ digest, rollout: undefined }));
      const workload: KubeObject = {
        apiVersion: 'apps/v1',
        kind,
        metadata: { name: 'w', namespace: 'e' },
        spec: { template: { metadata: { annotations } } },
      };
      const [deployments, daemonSets] = kind === 'Deployment' ? [[workload], []] : [[], [workload]];
      await roller.roll({ deployments, daemonSets }, wanted, pods);
      return said.splice(0);
    },
  };
}

test('what is right is left alone, for ever', async () => {
  const { look, pass } = start();
  expect(await look('a', 'a', 'a')).toEqual([]);
  pass(10 * settleMs);
  expect(await look('a', 'a', 'a')).toEqual([]);
});

test('a sidecar that somebody changes is rolled at once, and once', async () => {
  const { look, pass } = start();
  await look('a', 'a');
  expect(await look('b', 'a')).toEqual(['deployments/w b.1']);
  expect(await look('b', 'a', 'b')).toEqual([]);
  pass(settleMs);
  expect(await look('b', 'b')).toEqual([]);
  expect(await look('a', 'b')).toEqual(['deployments/w a.1']);
});

test('a difference that a new leader finds is rolled after a while, and once', async () => {
  const { look, pass } = start('DaemonSet');
  expect(await look('a', undefined)).toEqual([`Gateway n/g in ${settleMs}`]);
  pass(settleMs / 2);
  expect(await look('a', undefined)).toEqual([`Gateway n/g in ${settleMs / 2}`]);
  pass(settleMs / 2);
  expect(await look('a', undefined)).toEqual(['daemonsets/w a.1']);
  expect(await look('a', undefined)).toEqual([]);
});

test('one that goes by itself, as with the other version of the controller, rolls nothing', async () => {
  const { look, pass } = start();
  await look('a', 'a');
  pass(10 * settleMs);
  await look('a', 'a');
  expect(await look('a', 'a', 'newer')).toEqual([`Gateway n/g in ${settleMs}`]);
  pass(settleMs);
  expect(await look('a', 'a')).toEqual([]);
});
