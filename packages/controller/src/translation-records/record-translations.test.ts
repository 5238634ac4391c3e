import { createQuietLogger } from '../__fixtures__/quiet-logger.ts';
import { createScriptedClient } from '../__fixtures__/scripted-client.ts';
import type { TranslatedRoute } from '../extension-server/translated-routes.ts';
import type { ApiRequest } from '../kube/api-client.ts';
import { KubeApiError } from '../kube/api-error.ts';
import type { KubeObject } from '../kube/kube-object.ts';
import { createStore, type WritableStore } from '../manager/store.ts';
import { createClusterState } from '../reconcilers/cluster-state.ts';
import { createTranslationRecorder, type TranslationRecorder } from './record-translations.ts';
import { digestStamp } from './record.ts';

const sha256Hex = (text: string): string => `${text}${'0'.repeat(64)}`;
const stamp = digestStamp('s1', sha256Hex);
const never = new AbortController().signal;

let store: WritableStore;
let writes: ApiRequest[];
let isReady: boolean;
let recorder: TranslationRecorder;
let version: number;
let failures: number;
let onWrite: (() => void) | undefined;
let onAsked: (() => void) | undefined;

const put = (name: string, notStamped?: object, gateways = ['gw']): void => {
  version += 1;
  store.put({
    apiVersion: 'aigateway.envoyproxy.io/v1beta1',
    kind: 'AIGatewayRoute',
    metadata: { name, namespace: 'ns', resourceVersion: String(version) },
    spec: { parentRefs: gateways.map((gateway) => ({ name: gateway })), rules: [] },
    ...(notStamped !== undefined && { status: { notStamped } }),
  });
};

/** The API server merges, and the watch brings it. */
function patch({ path, body }: ApiRequest): KubeObject {
  const name = /aigatewayroutes\/([^/]+)\/status$/.exec(path)?.[1] ?? '';
  const object = store.get(`ns/${name}`);
  if (object === undefined) throw new KubeApiError(404, 'NotFound', 'no route');
  const { notStamped: changes } = (body as { status: { notStamped: Record<string, object | null> } }).status;
  const { notStamped = {} } = Object(object['status']) as { notStamped?: Record<string, object> };
  const merged = Object.entries({ ...notStamped, ...changes }).filter(([, record]) => record !== null);
  put(name, Object.fromEntries(merged));
  return object;
}

beforeEach(async () => {
  store = createStore();
  writes = [];
  isReady = true;
  version = 0;
  failures = 0;
  onWrite = undefined;
  onAsked = undefined;
  const client = createScriptedClient({
    request: (request) => {
      writes.push(request);
      if (failures > 0) {
        failures -= 1;
        throw new KubeApiError(0, 'Unreachable', 'no answer');
      }
      const object = patch(request);
      onWrite?.();
      return object;
    },
  });
  recorder = createTranslationRecorder({
    client,
    logger: createQuietLogger(),
    state: createClusterState(new Map([['AIGatewayRoute', store]])),
    sha256Hex,
    isReady: () => {
      onAsked?.();
      return isReady;
    },
    settleMs: 1,
  });
  await recorder.start(() => undefined);
});

afterEach(async () => {
  await recorder.stop(never);
});

const translated = (name: string, reason?: string, gateways = ['ns/gw']): TranslatedRoute => ({
  route: `ns/${name}`,
  gateways,
  stampText: 's1',
  problems:
    reason === undefined ? [] : [{ resource: `httproute/ns/${name}/rule/0`, reason, route: `ns/${name}` }],
});

const recordsOf = (name: string): unknown =>
  (Object(store.get(`ns/${name}`)?.['status']) as { notStamped?: unknown }).notStamped;

/** Resolves when the status of a route is written. */
const written = (name: string): Promise<void> =>
  new Promise((resolve) => {
    onWrite = () => {
      if (writes.at(-1)?.path.includes(`/${name}/`) === true) resolve();
    };
  });

/** Notes a translation and waits until all of it has been compared: its last route always differs. */
async function settle(...routes: TranslatedRoute[]): Promise<void> {
  put('last');
  const done = written('last');
  recorder.note([...routes, translated('last', `marker ${version}`)]);
  await done;
  writes = writes.filter(({ path }) => !path.includes('/last/'));
}

test('a problem is recorded once, on the status and nothing else, and goes when a translation fits', async () => {
  put('r');
  await settle(translated('r', 'why'));
  expect(recordsOf('r')).toEqual({ 'ns/gw': { stamp, message: 'rule 0: why' } });
  expect(writes).toMatchObject([
    {
      method: 'PATCH',
      path: '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/ns/aigatewayroutes/r/status',
      contentType: 'application/merge-patch+json',
    },
  ]);
  await settle(translated('r', 'why'));
  expect(writes).toHaveLength(1);
  await settle(translated('r'));
  expect(recordsOf('r')).toEqual({});
  await settle(translated('r'));
  expect(writes).toHaveLength(2);
});

test('the record of another Gateway stays, and that of one which the route no longer names goes', async () => {
  const other = { stamp, message: 'theirs' };
  put('r', { 'ns/other': other, 'ns/gone': other }, ['gw', 'other']);
  await settle(translated('r', 'why'));
  expect(recordsOf('r')).toEqual({ 'ns/gw': { stamp, message: 'rule 0: why' }, 'ns/other': other });
});

test('of a route that is not there, or behind a Gateway that is not its own, nothing is recorded', async () => {
  put('r');
  await settle(translated('r', 'why', ['ns/foreign']), translated('nobody', 'why'));
  expect(writes).toEqual([]);
});

test('only the last of several translations counts', async () => {
  put('r');
  recorder.note([translated('r', 'why')]);
  recorder.note([translated('r', 'why')]);
  await settle(translated('r'));
  expect(writes).toEqual([]);
});

test('until the cluster has been seen translations wait', async () => {
  isReady = false;
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  recorder.note([translated('r', 'why')]);
  await asked;
  put('r');
  const done = written('r');
  isReady = true;
  await done;
  expect(recordsOf('r')).toEqual({ 'ns/gw': { stamp, message: 'rule 0: why' } });
});

test('an API server that is away is asked again', async () => {
  put('r');
  failures = 2;
  const done = written('r');
  recorder.note([translated('r', 'why')]);
  await done;
  expect(writes).toHaveLength(3);
  expect(recordsOf('r')).toEqual({ 'ns/gw': { stamp, message: 'rule 0: why' } });
});
