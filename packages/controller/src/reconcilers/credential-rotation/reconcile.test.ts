import type { RotationPlan } from '@aigw/planner';
import { createQuietLogger } from '../../__fixtures__/quiet-logger.ts';
import { createScriptedClient } from '../../__fixtures__/scripted-client.ts';
import { KubeApiError } from '../../kube/api-error.ts';
import { createApplier } from '../../kube/apply.ts';
import { type KubeObject, keyOfMetadata } from '../../kube/kube-object.ts';
import { type KubeKind, resourceTypes } from '../../kube/resource-types.ts';
import { createStatusWriter } from '../../kube/status-writer.ts';
import { createStore, type WritableStore } from '../../manager/store.ts';
import { sha256Hex } from '@aigw/service-runtime';
import { createClusterState } from '../cluster-state.ts';
import { createPublications } from '../publications.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import type { ExchangedCredentials } from './exchange-credentials.ts';
import { formatTime } from './exchanges.ts';
import { reconcileRotation } from './reconcile.ts';
import { createRotationOutcomes } from './rotation.ts';

const minute = 60_000;
const start = Date.parse('2026-01-02T03:00:00Z');

const object = (kind: KubeKind, name: string, more: object, metadata: object = {}): KubeObject => ({
  apiVersion: resourceTypes[kind].apiVersion,
  kind,
  metadata: { namespace: 'n', name, uid: `u-${name}`, generation: 1, ...metadata },
  ...more,
});

const policy = (roleArn = 'arn:aws:iam::123456789012:role/r', more: object = {}): KubeObject =>
  object('BackendSecurityPolicy', 'p', {
    spec: {
      targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'b' }],
      type: 'AWSCredentials',
      awsCredentials: {
        region: 'us-east-1',
        oidcExchangeToken: {
          awsRoleArn: roleArn,
          oidc: { provider: { issuer: 'https://issuer' }, clientID: 'c', clientSecret: { name: 's' } },
        },
      },
    },
    ...more,
  });

const clientSecret = (text: string): KubeObject =>
  object('Secret', 's', { data: { 'client-secret': Buffer.from(text).toString('base64') } });

const cluster = (): KubeObject[] => [
  policy(),
  clientSecret('x'),
  object('AIServiceBackend', 'b', { spec: { schema: 'AWSBedrock', backendRef: { name: 'b' } } }),
  object('Backend', 'b', { spec: { endpoints: [{ fqdn: { hostname: 'b.example.com', port: 443 } }] } }),
];

/** The stores of a cluster, where patches arrive at once. */
function createCluster() {
  const stores = new Map<string, WritableStore>();
  const put = (item: KubeObject): void => {
    const store = stores.get(item.kind) ?? createStore();
    stores.set(item.kind, store);
    store.put(item);
  };
  for (const item of cluster()) put(item);
  return { stores, put };
}

type Cluster = ReturnType<typeof createCluster>;

/** A controller that has just started. */
function setUp({ stores, put }: Cluster = createCluster(), time = start) {
  const control = {
    time,
    /** What STS says in place of credentials. */
    refusal: undefined as string | undefined,
    apiRefusal: undefined as KubeApiError | undefined,
    isHanging: false,
    plans: [] as Pick<RotationPlan, 'exchange' | 'region'>[],
    lifetimeMs: 60 * minute,
  };
  const client = createScriptedClient({
    request({ body }) {
      if (control.apiRefusal !== undefined) throw control.apiRefusal;
      put(body as KubeObject);
      return {};
    },
  });
  const enqueued: { controller: string; key: string; afterMs: number }[] = [];
  const outcomes = createRotationOutcomes();
  const context: ReconcileContext = {
    state: createClusterState(stores),
    client,
    applier: createApplier(client, sha256Hex),
    status: createStatusWriter(client, () => formatTime(control.time)),
    publications: createPublications(),
    nowMs: () => control.time,
    certificateSecret: 'n/certificate',
    sha256Hex,
    checkCel: () => undefined,
    logger: createQuietLogger(),
    envoyGatewayNamespace: 'e',
    extprocContainer: 'x',
    sidecarDefaults: () => Promise.reject(new Error('not asked for')),
    enqueue: (controller, key, afterMs = 0) => void enqueued.push({ controller, key, afterMs }),
    rotation: {
      outcomes,
      clock: () => control.time,
      random: () => 0,
      async exchange(plan) {
        control.plans.push(plan);
        await (control.isHanging ? new Promise(() => undefined) : Promise.resolve());
        if (control.refusal !== undefined) throw new Error(control.refusal);
        return credentialsOf(control.plans.length, control.time + control.lifetimeMs);
      },
    },
  };
  const reconcile = reconcileRotation(context);
  const signal = new AbortController();
  /** Looks until nothing is to be looked at at once. */
  const settle = async (): Promise<void> => {
    for (let looks = 0; looks < 5; looks += 1) {
      await reconcile('n/p', signal.signal);
      await new Promise(setImmediate);
    }
  };
  return { control, client, enqueued, outcomes, put, stores, settle, reconcile, signal };
}

const credentialsOf = (count: number, expiresAt: number): ExchangedCredentials => ({
  accessKeyId: `ASIA${count}`,
  secretAccessKey: 's',
  sessionToken: 't',
  expiration: new Date(expiresAt),
});

const secretOf = ({ stores }: Pick<Cluster, 'stores'>): KubeObject | undefined =>
  stores.get('Secret')?.get('n/ai-eg-bsp-p');

function keyOf(cluster: Pick<Cluster, 'stores'>): string | undefined {
  const { credentials = '' } = Object(secretOf(cluster)?.['data']) as { credentials?: string };
  return /aws_access_key_id = (\w+)/.exec(Buffer.from(credentials, 'base64').toString())?.[1];
}

test('credentials are exchanged once, and their Secret is written once', async () => {
  const cluster = setUp();
  await cluster.settle();
  expect(keyOf(cluster)).toBe('ASIA1');
  expect(secretOf(cluster)?.metadata).toMatchObject({
    annotations: {
      'rotators/expiration-time': '2026-01-02T04:00:00Z',
      'aigateway.envoyproxy.io/renewal-time': '2026-01-02T03:55:00Z',
    },
    ownerReferences: [{ kind: 'BackendSecurityPolicy', name: 'p', uid: 'u-p' }],
  });
  expect(cluster.control.plans).toHaveLength(1);
  expect(cluster.client.requests).toHaveLength(1);
  expect(cluster.outcomes.of('n/p')).toBe('fine');
  expect(cluster.enqueued).toContainEqual({
    controller: 'CredentialRotation',
    key: 'n/p',
    afterMs: 55 * minute,
  });
});

test('a controller that starts anew exchanges and writes nothing while the Secret is fresh', async () => {
  const before = createCluster();
  await setUp(before).settle();
  const after = setUp(before, start + 54 * minute);
  await after.settle();
  expect(after.control.plans).toEqual([]);
  expect(after.client.requests).toEqual([]);
  expect(after.enqueued).toContainEqual({ controller: 'CredentialRotation', key: 'n/p', afterMs: minute });
});

test.each([
  { lifetimeMs: 60 * minute, dueMs: 55 * minute },
  { lifetimeMs: 8000, dueMs: 6000 },
])('credentials of $lifetimeMs ms are renewed after $dueMs ms', async ({ lifetimeMs, dueMs }) => {
  const cluster = setUp();
  cluster.control.lifetimeMs = lifetimeMs;
  await cluster.settle();
  cluster.control.time += dueMs - 1000;
  await cluster.settle();
  expect(keyOf(cluster)).toBe('ASIA1');
  cluster.control.time += 1000;
  await cluster.settle();
  expect(keyOf(cluster)).toBe('ASIA2');
  expect(cluster.control.plans).toHaveLength(2);
});

test.each([
  { name: 'role', change: () => policy('arn:aws:iam::123456789012:role/other') },
  { name: 'client secret', change: () => clientSecret('y') },
])('another $name is exchanged for at once', async ({ change }) => {
  const cluster = setUp();
  await cluster.settle();
  cluster.put(change());
  await cluster.settle();
  expect(keyOf(cluster)).toBe('ASIA2');
  expect(cluster.control.plans).toHaveLength(2);
});

test('what somebody removes or changes is written again, without another exchange', async () => {
  const cluster = setUp();
  await cluster.settle();
  const secret = secretOf(cluster);
  cluster.stores.get('Secret')?.remove('n/ai-eg-bsp-p');
  await cluster.settle();
  expect(secretOf(cluster)).toEqual(secret);
  cluster.put({ ...secret!, data: { credentials: 'eA==' } });
  await cluster.settle();
  expect(secretOf(cluster)).toEqual(secret);
  expect(cluster.control.plans).toHaveLength(1);
});

describe('an exchange that fails', () => {
  test('keeps the Secret, says why and since when, is tried again more and more slowly, and heals', async () => {
    const cluster = setUp();
    const { control, enqueued, outcomes } = cluster;
    await cluster.settle();
    control.time += 55 * minute;
    control.refusal = 'AccessDenied: no';
    const delays: number[] = [];
    for (let tries = 0; tries < 9; tries += 1) {
      enqueued.length = 0;
      await cluster.settle();
      expect(keyOf(cluster)).toBe('ASIA1');
      const delay = Math.min(
        ...enqueued
          .filter(({ controller, afterMs }) => controller === 'CredentialRotation' && afterMs > 0)
          .map(({ afterMs }) => afterMs),
      );
      delays.push(delay);
      control.time += delay;
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
    expect(outcomes.of('n/p')).toEqual({
      message: 'AccessDenied: no',
      since: '2026-01-02T03:55:00Z',
      expiration: '2026-01-02T04:00:00Z',
    });
    control.time += 5 * minute;
    await cluster.settle();
    expect(outcomes.of('n/p')).not.toHaveProperty('expiration');
    control.refusal = undefined;
    control.time += minute;
    await cluster.settle();
    expect(keyOf(cluster)).not.toBe('ASIA1');
    expect(outcomes.of('n/p')).toBe('fine');
  });

  test('is not tried more often because the policy is looked at', async () => {
    const cluster = setUp();
    cluster.control.refusal = 'no';
    await cluster.settle();
    await cluster.settle();
    expect(cluster.control.plans).toHaveLength(1);
    cluster.put(clientSecret('y'));
    await cluster.settle();
    expect(cluster.control.plans).toHaveLength(2);
  });

  test('is told to the conditions only when there is news', async () => {
    const cluster = setUp();
    cluster.control.refusal = 'no';
    await cluster.settle();
    cluster.control.time += 1000;
    await cluster.settle();
    const told = cluster.enqueued.filter(({ controller }) => controller === 'BackendSecurityPolicy');
    expect(told).toHaveLength(1);
  });

  test('since when is what the condition said before a restart', async () => {
    const message = 'Since 2026-01-01T00:00:00Z the credentials have not been renewed: no. x';
    const conditions = [{ type: 'Programmed', status: 'True', reason: 'CredentialsNotRenewed', message }];
    const cluster = setUp();
    cluster.put(policy(undefined, { status: { conditions } }));
    cluster.control.refusal = 'no';
    await cluster.settle();
    expect(cluster.outcomes.of('n/p')).toMatchObject({ since: '2026-01-01T00:00:00Z' });
  });
});

test('an exchange that hangs holds nobody up, and is not started twice', async () => {
  const cluster = setUp();
  cluster.control.isHanging = true;
  await cluster.settle();
  expect(cluster.control.plans).toHaveLength(1);
  cluster.control.isHanging = false;
  cluster.put(policy('arn:aws:iam::123456789012:role/other'));
  await cluster.settle();
  expect(keyOf(cluster)).toBe('ASIA2');
});

test('a Secret of somebody else stays as it is until it goes', async () => {
  const cluster = setUp();
  const theirs = object('Secret', 'ai-eg-bsp-p', { data: { credentials: 'eA==' } });
  cluster.put(theirs);
  await cluster.settle();
  expect(secretOf(cluster)).toEqual(theirs);
  expect(cluster.control.plans).toEqual([]);
  expect(cluster.outcomes.of('n/p')).toMatchObject({
    message: 'Secret n/ai-eg-bsp-p exists and belongs to somebody else: rename or remove it',
  });
  cluster.stores.get('Secret')?.remove(keyOfMetadata(theirs.metadata));
  await cluster.settle();
  expect(keyOf(cluster)).toBe('ASIA1');
  expect(cluster.outcomes.of('n/p')).toBe('fine');
});

test('the Secret of the reference, which names its policy, is taken over', async () => {
  const cluster = setUp();
  const ownerReferences = [{ kind: 'BackendSecurityPolicy', name: 'p', uid: 'u-p' }];
  const annotations = { 'rotators/expiration-time': '2026-01-02T04:00:00Z' };
  cluster.put(
    object('Secret', 'ai-eg-bsp-p', { data: { credentials: 'eA==' } }, { ownerReferences, annotations }),
  );
  await cluster.settle();
  expect(keyOf(cluster)).toBe('ASIA1');
});

test('a Secret that cannot be written is said, and tried again without another exchange', async () => {
  const cluster = setUp();
  cluster.control.apiRefusal = new KubeApiError(403, 'Forbidden', 'may not');
  await expect(cluster.settle()).rejects.toThrow('may not');
  expect(cluster.outcomes.of('n/p')).toMatchObject({ message: 'the Secret cannot be written: may not' });
  cluster.control.apiRefusal = undefined;
  await cluster.settle();
  expect(keyOf(cluster)).toBe('ASIA1');
  expect(cluster.control.plans).toHaveLength(1);
  expect(cluster.outcomes.of('n/p')).toBe('fine');
});

test('what was exchanged while the lease was lost is not written', async () => {
  const cluster = setUp();
  await cluster.reconcile('n/p', cluster.signal.signal);
  cluster.signal.abort();
  await cluster.settle();
  expect(cluster.client.requests).toEqual([]);
});

test('a policy that is gone is forgotten', async () => {
  const cluster = setUp();
  await cluster.settle();
  cluster.stores.get('BackendSecurityPolicy')?.remove('n/p');
  await cluster.settle();
  expect(cluster.outcomes.of('n/p')).toBe('unknown');
  expect(cluster.control.plans).toHaveLength(1);
});

test('a time that somebody has set far ahead is looked at again within the hour', async () => {
  const cluster = setUp();
  await cluster.settle();
  const secret = secretOf(cluster)!;
  const annotations = {
    ...secret.metadata.annotations,
    'aigateway.envoyproxy.io/renewal-time': '2999-01-01T00:00:00Z',
  };
  const after = setUp({ stores: cluster.stores, put: cluster.put });
  after.put({ ...secret, metadata: { ...secret.metadata, annotations } });
  await after.settle();
  for (const { afterMs } of after.enqueued) expect(afterMs).toBeLessThanOrEqual(60 * minute);
});
