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
  store.load(config('first'), 'test');
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
    store.load(config('other'), 'test');
    await Promise.resolve();
    order.push('other loaded');
    store.load(config('wanted'), 'test');
    await arrival;
    expect(order).toEqual(['other loaded', 'arrived']);
  });

  test('ends with its time', async () => {
    await expect(createStore().untilBackend('never', 1)).resolves.toBeUndefined();
  });
});
