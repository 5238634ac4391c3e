import { createQuietLogger } from '../../__fixtures__/quiet-logger.ts';
import { createScriptedClient } from '../../__fixtures__/scripted-client.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { settleMs } from './plan-rollout.ts';
import { refreshProxies } from './refresh-proxies.ts';
import { createProxyRoller } from './roll-proxies.ts';

const prefix = 'aigateway.envoyproxy.io';
type Annotations = Readonly<Record<string, string>>;

/** A pod, made of a template that said `enabled` or `disabled`, or nothing. */
interface PodState {
  readonly hasSidecar: boolean;
  readonly says?: string;
  readonly rollout?: string;
}

const podOf = ({ hasSidecar, says, rollout }: PodState): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'e',
    annotations: {
      [`${prefix}/filter-config-checksum`]: 'c',
      ...(says !== undefined && { [`${prefix}/sidecar`]: says }),
      ...(rollout !== undefined && { [`${prefix}/sidecar-rollout`]: rollout }),
      ...(hasSidecar && { [`${prefix}/sidecar-digest`]: 'w' }),
    },
  },
  spec: { containers: [{ name: 'envoy' }, ...(hasSidecar ? [{ name: 'x' }] : [])] },
});

/** A Deployment of one Gateway whose template says this, and what a leader writes on it. */
function start(template: Annotations = {}): {
  readonly logger: ReturnType<typeof createQuietLogger>;
  readonly pass: (ms: number) => void;
  readonly look: (isWanted: boolean, ...pods: readonly PodState[]) => Promise<string[]>;
} {
  let clock = 0;
  let annotations = template;
  const said: string[] = [];
  const client = createScriptedClient({
    request({ body }) {
      const patch = body as { spec: { template: { metadata: { annotations: Annotations } } } };
      const written = patch.spec.template.metadata.annotations;
      annotations = { ...annotations, ...written };
      said.push(...Object.entries(written).map(([name, value]) => `${name.split('/')[1] ?? ''} ${value}`));
      return {};
    },
  });
  const logger = createQuietLogger();
  const enqueue = (): void => undefined;
  // Nothing else of the context is looked at.
  const context = { client, logger, enqueue, extprocContainer: 'x' } as unknown as ReconcileContext;
  const roller = createProxyRoller(context, 'n/g', () => clock);
  return {
    logger,
    pass: (ms) => (clock += ms),
    async look(isWanted, ...pods) {
      const metadata = { name: 'd', namespace: 'e' };
      const deployment: KubeObject = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: { template: { metadata: { annotations } } },
      };
      const proxies = { namespace: 'e', deployments: [deployment], daemonSets: [], pods: pods.map(podOf) };
      await refreshProxies(context, proxies, roller, isWanted ? { checksum: 'c', digest: 'w' } : undefined);
      return said.splice(0);
    },
  };
}

const fine: PodState = { hasSidecar: true, says: 'enabled' };
const missed: PodState = { hasSidecar: false, says: 'enabled' };
const before: PodState = { hasSidecar: false };
const left: PodState = { hasSidecar: true, says: 'disabled' };

test('pods of before the first AI route are made anew by their template, once', async () => {
  const { look, pass } = start();
  expect(await look(true, before)).toEqual(['sidecar enabled']);
  pass(2 * settleMs);
  expect(await look(true, before, fine)).toEqual([]);
  expect(await look(true, fine)).toEqual([]);
});

test('a pod that was let in without its sidecar is replaced after a while, and that is logged', async () => {
  const { look, pass, logger } = start({ [`${prefix}/sidecar`]: 'enabled' });
  expect(await look(true, fine, missed)).toEqual([]);
  pass(settleMs);
  expect(await look(true, fine, missed)).toEqual(['sidecar-rollout w.1']);
  expect(logger.lines).toEqual(['info proxies are made anew for their sidecar']);
  expect(await look(true, fine, missed)).toEqual([]);
});

test('where no attempt brings the sidecar, no more are made', async () => {
  const { look, pass, logger } = start({ [`${prefix}/sidecar`]: 'enabled' });
  const written: string[] = [];
  let rollout: string | undefined;
  for (let round = 0; round < 10; round += 1) {
    written.push(...(await look(true, { ...missed, ...(rollout !== undefined && { rollout }) })));
    rollout = written.at(-1)?.split(' ')[1];
    pass(settleMs);
  }
  expect(written).toEqual(['sidecar-rollout w.1', 'sidecar-rollout w.2', 'sidecar-rollout w.3']);
  expect(logger.lines.at(-1)).toMatch(/^warn /);
});

test('a pod that was given a sidecar that it is not to have is replaced as well', async () => {
  const { look, pass } = start({ [`${prefix}/sidecar`]: 'disabled' });
  expect(await look(false, before, left)).toEqual([]);
  pass(settleMs);
  expect(await look(false, before, left)).toEqual(['sidecar-rollout none.1']);
  expect(await look(false, before)).toEqual([]);
});

test('the last route takes the promise of a sidecar with it, even where no pod is there yet', async () => {
  const { look } = start({ [`${prefix}/sidecar`]: 'enabled' });
  expect(await look(false)).toEqual(['sidecar disabled']);
  expect(await look(false)).toEqual([]);
});

test('proxies that never were ours are left alone, for ever', async () => {
  const { look, pass } = start();
  expect(await look(false, before)).toEqual([]);
  pass(10 * settleMs);
  expect(await look(false, before)).toEqual([]);
});
