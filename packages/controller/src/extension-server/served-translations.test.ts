import { readStampedRecording } from './__fixtures__/recorded-request.ts';
import { createServedTranslations, identifyTranslation, rememberTranslation } from './served-translations.ts';

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

test('the last answers are known, however many Gateways there have been', () => {
  const served = createServedTranslations(() => 0);
  const translation = { clusters: new Map(), authorities: [], matches: new Map() };
  for (let count = 0; count < 5000; count += 1) rememberTranslation(served, `n/g${count}`, translation);
  rememberTranslation(served, 'n/g904', translation);
  rememberTranslation(served, 'n/more', translation);
  expect(served.sets.size).toBe(4096);
  expect(['n/g903', 'n/g904', 'n/g905', 'n/g906', 'n/more'].map((key) => served.sets.has(key))).toEqual([
    false,
    true,
    false,
    true,
    true,
  ]);
});
