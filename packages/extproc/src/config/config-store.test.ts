import type { LlmRequestCost } from '@aigw/api-types';
import { createLogger, createMetrics } from '@aigw/service-runtime';
import { createCredentialPool } from '../auth/credential-pool.ts';
import { createConfigMetrics } from '../telemetry/config-metrics.ts';
import { createConfigStore, type LoadableConfigStore } from './config-store.ts';

const config = (backend: string): string =>
  JSON.stringify({ version: 'dev', backends: [{ name: backend, schema: { name: 'OpenAI' } }] });

function createStore(): LoadableConfigStore {
  const credentials = createCredentialPool({ now: Date.now, random: () => 0, onError: () => undefined });
  const logger = createLogger({ level: 'error', format: 'text', write: () => undefined });
  const store = createConfigStore({
    credentials,
    now: Date.now,
    logger,
    metrics: createConfigMetrics(createMetrics()),
  });
  store.load({ text: config('first') }, 'test');
  return store;
}

describe('waiting for a backend', () => {
  test('nobody waits for one that is there', () => {
    expect(createStore().untilBackend('first', 60_000)).toBeUndefined();
  });

  test('ends with the configuration that has it, not with another', async () => {
    const store = createStore();
    const order: string[] = [];
    const arrival = store.untilBackend('wanted', 60_000)?.then(() => order.push('arrived'));
    store.load({ text: config('other') }, 'test');
    await Promise.resolve();
    order.push('other loaded');
    store.load({ text: config('wanted') }, 'test');
    await arrival;
    expect(order).toEqual(['other loaded', 'arrived']);
  });

  test('ends with its time', async () => {
    await expect(createStore().untilBackend('never', 1)).resolves.toBeUndefined();
  });
});

test('a cost with a faulty expression is left out alone, and log and metric say so until it is corrected', async () => {
  const lines: string[] = [];
  const metrics = createMetrics();
  const store = createConfigStore({
    credentials: createCredentialPool({ now: Date.now, random: () => 0, onError: () => undefined }),
    now: Date.now,
    logger: createLogger({ level: 'error', format: 'text', write: (line) => lines.push(line) }),
    metrics: createConfigMetrics(metrics),
  });
  const load = (...costs: LlmRequestCost[]): string =>
    store.load({ text: JSON.stringify({ version: 'dev', globalLLMRequestCosts: costs }) }, 'test');
  const good = { metadataKey: 'good', type: 'TotalToken' } as const;
  load({ metadataKey: 'faulty', type: 'CEL', cel: 'nope' }, { metadataKey: 'missing', type: 'CEL' }, good);
  const costs = (): object =>
    store.current().costs.metadata({ totalTokens: 7 }, { backend: 'b', model: 'm', routeName: 'r' });
  expect(costs()).toEqual({ good: 7 });
  const said = lines.join('');
  expect(said).toContain('globalLLMRequestCosts[0].cel');
  expect(said).toContain('Unknown variable: nope');
  expect(said).toContain('globalLLMRequestCosts[1].cel');
  expect(said).toContain('an expression is required for the type CEL');
  expect(await metrics.text()).toMatch(/^aigw_config_costs_left_out 2$/m);
  load(good);
  expect(await metrics.text()).toMatch(/^aigw_config_costs_left_out 0$/m);
});

describe('configurations that come by two ways', () => {
  const load = (
    store: LoadableConfigStore,
    backend: string,
    revision?: number,
    evenIfOlder = false,
  ): string =>
    store.load({ text: config(backend), ...(revision !== undefined && { revision }) }, 'test', {
      evenIfOlder,
    });
  const backends = (store: LoadableConfigStore): string[] => [...store.current().backends.keys()];

  test('an earlier one that comes late changes nothing', () => {
    const store = createStore();
    expect([load(store, 'second', 2), load(store, 'third', 3), load(store, 'second', 2)]).toEqual([
      'loaded',
      'loaded',
      'older',
    ]);
    expect(backends(store)).toEqual(['third']);
    expect(store.identity()).toMatchObject({ revision: 3 });
  });

  test('an earlier one is taken where it is meant', () => {
    const store = createStore();
    load(store, 'third', 3);
    expect(load(store, 'second', 2, true)).toBe('loaded');
    expect(load(store, 'third', 3)).toBe('loaded');
  });

  test('one that nobody has numbered is taken as it comes', () => {
    const store = createStore();
    load(store, 'third', 3);
    expect(load(store, 'numberless')).toBe('loaded');
    expect(load(store, 'numberless', 1)).toBe('unchanged');
    expect(store.identity()).toMatchObject({ revision: 1 });
  });

  test('one that is refused leaves the identity of the last good one', () => {
    const store = createStore();
    load(store, 'third', 3);
    const before = store.identity();
    expect(() => store.load({ text: '[', revision: 4 }, 'test')).toThrow();
    expect(store.identity()).toEqual(before);
  });
});
