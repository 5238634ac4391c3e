import { readStampedRecording } from './__fixtures__/recorded-request.ts';
import type { KubeObject } from '../kube/kube-object.ts';
import type { Change } from '../manager/informer.ts';
import {
  createServedTranslations,
  forgetGateway,
  identifyTranslation,
  rememberTranslation,
} from './served-translations.ts';

test('a translation is of the Gateways of its listeners, in any order, with routes or without', () => {
  const { routes } = readStampedRecording();
  const key = identifyTranslation(routes);
  expect(key).toMatch(/^default\/\S+/);
  expect(identifyTranslation([...routes].reverse())).toBe(key);
  for (const configuration of routes) configuration.virtualHosts = [];
  expect(identifyTranslation(routes)).toBe(key);
});

test('of listeners that are named after their ports, those of its virtual hosts', () => {
  const { routes } = readStampedRecording();
  const key = identifyTranslation(routes);
  for (const configuration of routes) configuration.name = 'http-10080';
  expect(identifyTranslation(routes)).toBe(key);
});

const translation = { clusters: new Map(), authorities: [], matches: new Map() };

test('the last answers are known, however many Gateways there have been', () => {
  const served = createServedTranslations(() => 0);
  for (let count = 0; count < 1030; count += 1) rememberTranslation(served, `n/g${count}`, translation);
  rememberTranslation(served, 'n/g6', translation);
  rememberTranslation(served, 'n/more', translation);
  expect(served.sets.size).toBe(1024);
  expect(['n/g5', 'n/g6', 'n/g7', 'n/g8', 'n/more'].map((key) => served.sets.has(key))).toEqual([
    false,
    true,
    false,
    true,
    true,
  ]);
});

test('a Gateway that is gone, or another of its name, has no answers', () => {
  const gateway = (uid: string): KubeObject => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { namespace: 'n', name: 'g', uid },
  });
  const known = (change: Omit<Change, 'kind'>, kind = 'Gateway'): string[] => {
    const served = createServedTranslations(() => 0);
    for (const key of ['n/g', 'n/g n/other', 'n/gg']) rememberTranslation(served, key, translation);
    forgetGateway(served, { kind, ...change });
    return [...served.sets.keys()];
  };
  expect(known({ before: gateway('a'), after: undefined })).toEqual(['n/gg']);
  expect(known({ before: gateway('a'), after: gateway('b') })).toEqual(['n/gg']);
  expect(known({ before: gateway('a'), after: gateway('a') })).toHaveLength(3);
  expect(known({ before: undefined, after: gateway('a') })).toHaveLength(3);
  expect(known({ before: gateway('a'), after: undefined }, 'HTTPRoute')).toHaveLength(3);
});
