import { applySteps, defaults, gateway, proxyPod, sha256Hex } from './__fixtures__/pods.ts';
import type { PatchStep } from './pod.ts';
import { reviewPod } from './review.ts';

const find = (namespace: string, name: string): typeof gateway | undefined =>
  namespace === 'default' && name === 'gw' ? gateway : undefined;

const reviewer = { findSidecar: find, defaults, sha256Hex };

const ask = (object: unknown): unknown => ({ request: { uid: 'u1', object } });

test("a Gateway's proxy gets its sidecar", () => {
  const response = reviewPod(ask(proxyPod), reviewer)?.response;
  expect(response).toMatchObject({ uid: 'u1', allowed: true, patchType: 'JSONPatch' });
  const steps = JSON.parse(Buffer.from(response?.patch ?? '', 'base64').toString('utf8')) as PatchStep[];
  expect(applySteps(proxyPod, steps).spec?.initContainers?.map(({ name }) => name)).toEqual([
    'ai-gateway-extproc',
  ]);
});

test.each([
  ['a pod of another Gateway', { ...proxyPod, metadata: { labels: {} } }],
  ['a pod that cannot be read', 'x'],
])('%s is let in as it is', (_what, object) => {
  expect(reviewPod(ask(object), reviewer)?.response).toEqual({ uid: 'u1', allowed: true });
});

test.each([[undefined], ['x'], [{}], [{ request: {} }]])('%j is no review', (review) => {
  expect(reviewPod(review, reviewer)).toBeUndefined();
});
