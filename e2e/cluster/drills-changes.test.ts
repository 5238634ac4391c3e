import { setTimeout as delay } from 'node:timers/promises';
import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
import { ownNamespace } from './charts.ts';
import {
  anthropic,
  bedrock,
  claude,
  type Examples,
  llama,
  objectOf,
  route,
  rule,
  startExamples,
} from './examples.ts';
import type { ProcessCluster } from './process-cluster.ts';
import { startTraffic } from './traffic.ts';

/** What running traffic notices of changes of where it goes: nothing, whoever is away meanwhile. */

const east = 'bedrock-runtime.us-east-1.amazonaws.com';
const west = 'bedrock-runtime.us-west-2.amazonaws.com';

let examples: Examples;
let cluster: ProcessCluster;

beforeAll(async () => {
  examples = await startExamples(['aws.yaml', llama], ['anthropic.yaml', claude]);
  ({ cluster } = examples);
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

/** The servers that have had requests since they were last asked for. */
function takeHosts(): Set<string> {
  const hosts = cluster.mock
    .requests()
    .flatMap(({ headers }) =>
      headers.filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value),
    );
  cluster.mock.clear();
  return new Set(hosts);
}

/** Waits until requests go to these servers and to no other. */
async function untilHosts(...wanted: readonly string[]): Promise<void> {
  await waitUntil(
    `requests at ${wanted.join(' and ')}`,
    async () => {
      takeHosts();
      await delay(1_000);
      const seen = takeHosts();
      return seen.size === wanted.length && wanted.every((host) => seen.has(host));
    },
    { withinMs: 60_000 },
  );
}

const backendAt = (...hostnames: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'Backend',
    metadata: { name: bedrock.name, namespace: 'default' },
    spec: { endpoints: hostnames.map((hostname) => ({ fqdn: { hostname, port: 443 } })) },
  });

test.each([
  { what: 'a server more', hosts: [east, west] },
  { what: 'a server less', hosts: [west] },
  { what: 'another server in its place', hosts: [east] },
])(
  'a Backend under traffic gets $what, and no request fails',
  async ({ what, hosts }) => {
    const traffic = startTraffic(() => examples.ask(llama));
    const start = performance.now();
    await examples.apply(backendAt(...hosts));
    await untilHosts(...hosts);
    reportFigure(`${what}: alone after ${Math.round(performance.now() - start)} ms at most`);
    // The backend of before is forgotten meanwhile.
    await delay(12_000);
    await traffic.stop();
    expect(traffic.failures()).toEqual([]);
  },
  120_000,
);

const holder = (): Promise<string> =>
  cluster.server.mustKubectl([
    ...['get', 'lease', 'ai-gateway-controller', '-n', ownNamespace],
    ...['-o', 'jsonpath={.spec.holderIdentity}'],
  ]);

async function deleteLeader(): Promise<void> {
  const before = await holder();
  const pod = cluster.pods('controller').find(({ name }) => before.includes(name));
  await cluster.server.mustKubectl(['delete', 'pod', pod?.name ?? '', '-n', ownNamespace, '--wait=false']);
  await waitUntil(
    'another leader',
    async () => {
      const now = await holder();
      return now !== '' && now !== before;
    },
    { withinMs: 60_000 },
  );
}

test('while Envoy Gateway is away, a route that was changed serves as before, whoever leads', async () => {
  const model = 'changed while away';
  await examples.apply(route('away', [rule(model, { ...bedrock, modelNameOverride: llama })]));
  await examples.untilAnswer(model);
  const traffic = startTraffic(() => examples.ask(model));
  await cluster.scale('envoyGateway', 0);
  await examples.apply(route('away', [rule(model, { ...anthropic, modelNameOverride: claude })]));
  // Longer than a backend is kept that Envoy Gateway has left.
  await delay(15_000);
  expect(traffic.failures()).toEqual([]);
  await deleteLeader();
  await delay(15_000);
  expect(traffic.failures()).toEqual([]);
  await cluster.scale('envoyGateway', 1);
  await untilHosts('api.anthropic.com');
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
}, 300_000);

test('a route that is deleted under traffic answers 200 until it answers 404, and nothing between', async () => {
  const model = 'deleted';
  await examples.apply(route('deleted', [rule(model, { ...bedrock, modelNameOverride: llama })]));
  await examples.untilAnswer(model);
  const traffic = startTraffic(() => examples.ask(model));
  await delay(500);
  await cluster.server.mustKubectl(['delete', 'aigatewayroute', 'deleted']);
  await waitUntil('404', () => traffic.outcomes().some(({ result }) => result === 404));
  await delay(15_000);
  await traffic.stop();
  const seen = traffic.outcomes().map(({ result }) => result);
  const others = traffic.failures().filter(({ result }) => result !== 404);
  expect(others).toEqual([]);
  expect([...new Set(seen)].sort()).toEqual([200, 404]);
}, 120_000);

/** The models that Bedrock has been asked for since it was last looked, and the paths of requests to others. */
function takeModels(): Set<string> {
  const paths = cluster.mock.requests().map(({ path }) => path);
  cluster.mock.clear();
  return new Set(paths.map((path) => decodeURIComponent(/^\/model\/([^/]+)\//.exec(path)?.[1] ?? path)));
}

test('a rule under traffic keeps its model while those before it come and go', async () => {
  const own = 'us.amazon.nova-micro-v1:0';
  const asked = rule('middle', { ...bedrock, modelNameOverride: own });
  const others = ['first', 'last'].map((model) => rule(model, { ...bedrock, modelNameOverride: llama }));
  const elsewhere = rule('elsewhere', { ...anthropic, modelNameOverride: claude });
  const [first = {}, last = {}] = others;
  await examples.apply(route('shifted', [first, asked, last]));
  await examples.untilAnswer('middle');
  takeHosts();
  const traffic = startTraffic(() => examples.ask('middle'));
  for (const rules of [
    [asked, last],
    [elsewhere, asked],
    [first, last, asked],
    [asked],
    [elsewhere, first, asked],
  ]) {
    await examples.apply(route('shifted', rules));
    await delay(3_000);
  }
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
  expect(takeModels()).toEqual(new Set([own]));
  expect(traffic.outcomes().length).toBeGreaterThan(100);
}, 180_000);

const grant = (from: object, kind: string, group: string): object => ({
  apiVersion: 'gateway.networking.k8s.io/v1beta1',
  kind: 'ReferenceGrant',
  metadata: { name: `for-${kind.toLowerCase()}`, namespace: 'team' },
  spec: { from: [{ namespace: 'default', ...from }], to: [{ kind, group }] },
});

const grants = [
  grant(
    { group: 'aigateway.envoyproxy.io', kind: 'AIGatewayRoute' },
    'AIServiceBackend',
    'aigateway.envoyproxy.io',
  ),
  grant({ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }, 'Backend', 'gateway.envoyproxy.io'),
];

test('a ReferenceGrant that is taken back under traffic ends what it allowed, in words, and nothing else', async () => {
  const model = 'granted';
  const kinds = ['AIServiceBackend', 'BackendSecurityPolicy', 'Secret', 'Backend', 'BackendTLSPolicy'];
  await cluster.server.mustKubectl(['create', 'namespace', 'team']);
  for (const kind of kinds) {
    await examples.apply(objectOf('aws.yaml', kind).replaceAll('namespace: default', 'namespace: team'));
  }
  await examples.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: grants }));
  const far = { ...bedrock, namespace: 'team', modelNameOverride: llama };
  await examples.apply(route('granted', [rule(model, far)]));
  await examples.untilAnswer(model);
  const other = startTraffic(() => examples.ask(llama));
  const granted = startTraffic(() => examples.ask(model));
  await delay(500);
  await cluster.server.mustKubectl(['delete', 'referencegrant', 'for-aiservicebackend', '-n', 'team']);
  await waitUntil('a refusal', () => granted.failures().length > 20);
  await granted.stop();
  const refused = granted.failures();
  expect(new Set(refused.map(({ result }) => result))).toEqual(new Set([503]));
  for (const { text = '' } of refused) expect(JSON.parse(text)).toHaveProperty(['error', 'message']);
  await examples.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: grants }));
  await examples.untilAnswer(model);
  await other.stop();
  expect(other.failures()).toEqual([]);
}, 180_000);
