import { applySteps, defaults, gateway, proxyPod, sha256Hex } from './__fixtures__/pods.ts';
import type { PatchStep } from './pod.ts';
import { type FindSidecar, reviewPod } from './review.ts';

const find: FindSidecar = (namespace, name, isPromised) =>
  namespace === 'default' && (name === 'gw' || isPromised === true) ? gateway : undefined;

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
  ['enabled', true],
  ['disabled', false],
])('a pod whose template says %s, of a Gateway whose routes were not seen', (value, isInjected) => {
  const labels = { ...proxyPod.metadata?.labels, 'gateway.envoyproxy.io/owning-gateway-name': 'new' };
  const annotations = { 'aigateway.envoyproxy.io/sidecar': value };
  const response = reviewPod(ask({ ...proxyPod, metadata: { labels, annotations } }), reviewer)?.response;
  expect(response?.allowed).toBe(true);
  expect(response?.patch !== undefined).toBe(isInjected);
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
