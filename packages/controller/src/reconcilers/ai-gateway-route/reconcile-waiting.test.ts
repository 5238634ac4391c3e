import type { KubeObject } from '../../kube/kube-object.ts';
import { conditionsOf } from '../../kube/status-writer.ts';
import { plannedBackends } from '../__fixtures__/planned-backends.ts';
import {
  backend,
  createSmallCluster,
  gateway,
  route,
  type SmallCluster,
} from '../__fixtures__/small-cluster.ts';
import { reconcileRoute } from './reconcile.ts';

/** A route of two Gateways, of which `g` knows its backend, and a look at it. */
function start(
  other: KubeObject,
): SmallCluster & { readonly look: () => Promise<void>; readonly programmed: () => string } {
  const cluster = createSmallCluster([gateway('g'), other, route(['g', 'h']), ...backend('b')]);
  const { context, get } = cluster;
  context.publications.publish('n/g', plannedBackends(context, 'n/g'));
  const reconcile = reconcileRoute(context);
  const { signal } = new AbortController();
  return {
    ...cluster,
    look: () => reconcile('n/r', signal),
    programmed() {
      const object = get('AIGatewayRoute', 'n/r');
      const found = object && conditionsOf(object).find(({ type }) => type === 'Programmed');
      return `${found?.status ?? ''} ${found?.reason ?? ''} ${found?.message ?? ''}`;
    },
  };
}

test('waits for a Gateway that has not got its configuration yet', async () => {
  const { look, get, programmed } = start(gateway('h'));
  await look();
  expect(get('HTTPRoute', 'n/r')).toBeUndefined();
  expect(programmed()).toMatch(/^False Pending .* n\/h is being written/);
});

test('does not wait for a Gateway that is being deleted', async () => {
  const { look, get } = start(gateway('h', { deletionTimestamp: '2026-01-01T00:00:00Z' }));
  await look();
  expect(get('HTTPRoute', 'n/r')).toBeDefined();
});

test('says why the configuration of a Gateway cannot be written, in place of waiting', async () => {
  const { look, programmed, context } = start(gateway('h'));
  await look();
  context.publications.fail('n/h', 'it has too many bytes');
  await look();
  expect(programmed()).toMatch(/^False Refused The configuration of Gateway n\/h .*: it has too many bytes$/);
});

test('says so also where it is served with the configuration of before, until that is over', async () => {
  const { look, programmed, context } = start(gateway('h'));
  const names = plannedBackends(context, 'n/h');
  context.publications.publish('n/h', names);
  context.publications.fail('n/h', 'no');
  await look();
  expect(programmed()).toMatch(/^False Refused .*: no$/);
  context.publications.publish('n/h', names);
  await look();
  expect(programmed()).toMatch(/^False Pending /);
});

test('a Gateway that cannot be read exists', async () => {
  const { look, programmed, context } = start({ ...gateway('h'), spec: {} });
  context.publications.fail('n/h', 'the Gateway cannot be read');
  await look();
  expect(programmed()).toMatch(/^False Refused .* cannot be read$/);
});
