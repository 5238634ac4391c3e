import type { FilterConfig } from '@aigw/api-types';
import { type DesiredObject, planFilterConfigSecrets } from '@aigw/planner';
import { createHash } from 'node:crypto';
import type { KubeObject } from '../kube/kube-object.ts';
import { createStore, type WritableStore } from '../manager/store.ts';
import { createPublishedConfigs, type PublishedConfigs } from './published-configs.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const proxy = { namespace: 'system', gateway: 'default/gw' };

const configOf = (models: number): FilterConfig => ({
  version: 'dev',
  globalLLMRequestCosts: [],
  llmRequestCosts: [],
  backends: [],
  models: [],
  unscopedModels: Array.from({ length: models }, (_, index) => ({
    Name: `€${index}`,
    OwnedBy: 'x',
    CreatedAt: '1970-01-01T00:00:00Z',
  })),
  modelsByHost: {},
});

const toLive = ({ metadata, ...object }: DesiredObject): KubeObject => ({ ...object, metadata });

const secretsOf = (models: number, now: number): KubeObject[] =>
  planFilterConfigSecrets(
    { gateway: { namespace: 'default', name: 'gw' }, namespace: 'system' },
    configOf(models),
    { now },
    sha256Hex,
  ).secrets.map(toLive);

let store: WritableStore;
let configs: PublishedConfigs;

const put = (secret: KubeObject): void => {
  store.put(secret);
  configs.note({ kind: 'Secret', before: undefined, after: secret });
};

beforeEach(() => {
  store = createStore();
  configs = createPublishedConfigs(store, sha256Hex);
});

const modelsIn = (bytes: Buffer = Buffer.from('{"unscopedModels":[]}')): number =>
  (JSON.parse(bytes.toString('utf8')) as FilterConfig).unscopedModels.length;

test('a configuration is found once its parts and its index are there', () => {
  const secrets = secretsOf(3, 7);
  for (const secret of secrets) {
    expect(configs.find(proxy)).toBeUndefined();
    put(secret);
  }
  expect(configs.find(proxy)).toMatchObject({ revision: 7 });
  expect(modelsIn(configs.find(proxy)?.bytes)).toBe(3);
  expect(configs.find({ ...proxy, namespace: 'elsewhere' })).toBeUndefined();
});

test('of many parts, whatever characters they split, one text comes', () => {
  for (const secret of secretsOf(20_000, 1)) put(secret);
  expect(modelsIn(configs.find(proxy)?.bytes)).toBe(20_000);
});

test('all proxies are sent the same bytes', () => {
  for (const secret of secretsOf(1, 1)) put(secret);
  expect(configs.find(proxy)?.bytes).toBe(configs.find(proxy)?.bytes);
});

test('between the parts of one configuration and the index of another there is none', () => {
  for (const secret of secretsOf(1, 1)) put(secret);
  const [part, index] = secretsOf(2, 2);
  // The one before was looked at while it was whole; a look at a half-written one finds nothing.
  put({ ...(part as KubeObject) });
  const fresh = createPublishedConfigs(store, sha256Hex);
  expect(fresh.find(proxy)).toBeUndefined();
  put(index as KubeObject);
  expect(modelsIn(fresh.find(proxy)?.bytes)).toBe(2);
});

test('who waits is told of the next change of that Gateway, and of no other', async () => {
  const order: string[] = [];
  const stop = new AbortController();
  const waiting = configs.changed(proxy, stop.signal).then(() => order.push('told'));
  const [part] = secretsOf(1, 1) as [KubeObject];
  const other = { ...part.metadata, annotations: { 'aigateway.envoyproxy.io/gateway': 'default/other' } };
  configs.note({ kind: 'Secret', before: undefined, after: { ...part, metadata: other } });
  configs.note({ kind: 'ConfigMap', before: undefined, after: part });
  await Promise.resolve();
  order.push('change');
  put(part);
  await waiting;
  expect(order).toEqual(['change', 'told']);
});

test('who waits no longer is let go', async () => {
  const stop = new AbortController();
  const waiting = configs.changed(proxy, stop.signal);
  stop.abort();
  await waiting;
  await configs.changed(proxy, stop.signal);
});
