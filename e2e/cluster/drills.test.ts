import { setTimeout as delay } from 'node:timers/promises';
import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
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

let examples: Examples;
let cluster: ProcessCluster;

beforeAll(async () => {
  examples = await startExamples(['aws.yaml', llama], ['anthropic.yaml', claude]);
  ({ cluster } = examples);
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

const ask: Examples['ask'] = (...args) => examples.ask(...args);
const apply: Examples['apply'] = (yaml) => examples.apply(yaml);

/** Makes Envoy Gateway translate everything anew. */
const touchBackend = (): Promise<string> =>
  apply(
    JSON.stringify({
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'Backend',
      metadata: { name: 'other', namespace: 'default' },
      spec: { endpoints: [{ fqdn: { hostname: 'other.localhost', port: 1 } }] },
    }),
  );

/** Applies a route for a model, and the statuses of requests until it serves. */
async function statusesOf(model: string, yaml: string): Promise<Set<number>> {
  const seen: number[] = [(await ask(model)).status];
  const applied = apply(yaml);
  const deadline = performance.now() + 15_000;
  while (seen.at(-1) !== 200 && performance.now() < deadline) {
    seen.push((await ask(model)).status);
    await delay(10);
  }
  await applied;
  for (let count = 0; count < 50; count += 1) seen.push((await ask(model)).status);
  return new Set(seen);
}

test('a new route goes from 404 to 200, with nothing between', async () => {
  const model = 'us.amazon.nova-micro-v1:0';
  expect([...(await statusesOf(model, route('new', [rule(model, bedrock)])))]).toEqual([404, 200]);
});

test('so does one whose server has a name that takes a while to resolve', async () => {
  const model = 'resolved slowly';
  cluster.setNameDelay(700);
  try {
    const yaml = route('slow', [rule(model, { ...bedrock, modelNameOverride: llama })]);
    expect([...(await statusesOf(model, yaml))]).toEqual([404, 200]);
  } finally {
    cluster.setNameDelay(0);
  }
});

test('a route that is deleted goes from 200 to 404, and its filters after it', async () => {
  const mustKubectl = (args: string[]): Promise<string> => cluster.server.mustKubectl(args);
  const filter = 'ai-eg-host-rewrite-new';
  const ownersOf = (): Promise<string> =>
    mustKubectl(['get', 'httproutefilter', filter, '-o', 'jsonpath={.metadata.ownerReferences[*].kind}']);
  await waitUntil('both owners', async () => (await ownersOf()) === 'AIGatewayRoute HTTPRoute');
  const seen: number[] = [];
  const deleted = mustKubectl(['delete', 'aigatewayroute', 'new']);
  const isGone = async (): Promise<boolean> =>
    (await mustKubectl(['get', 'httproutefilter', filter, '--ignore-not-found', '-o', 'name'])) === '';
  const gone = deleted.then(() => waitUntil('the filter to be gone', isGone, { withinMs: 30_000 }));
  const deadline = performance.now() + 15_000;
  while (seen.at(-1) !== 404 && performance.now() < deadline) {
    seen.push((await ask('us.amazon.nova-micro-v1:0')).status);
    await delay(10);
  }
  await gone;
  for (let count = 0; count < 50; count += 1) seen.push((await ask('us.amazon.nova-micro-v1:0')).status);
  expect([...new Set(seen)]).toEqual([200, 404]);
});

test('a backend that is not there stops neither the controller nor any other route', async () => {
  await apply(route('typo', [rule('typo', bedrock, { name: 'does-not-exist' }), rule('fine', bedrock)]));
  await touchBackend();
  const message = await waitUntil('a condition that names it', async () => {
    const path = '{.status.conditions[?(@.type=="ResolvedRefs")].message}';
    const text = await cluster.server.mustKubectl([
      'get',
      'aigatewayroute',
      'typo',
      '-o',
      `jsonpath=${path}`,
    ]);
    return text.includes('does-not-exist') ? text : undefined;
  });
  expect(message).toContain('backendRefs[1]');
  expect((await ask(llama)).status).toBe(200);
  for (const pod of cluster.pods('controller')) expect(pod.containers.get('controller')?.restarts).toBe(0);
  await cluster.server.mustKubectl(['delete', 'aigatewayroute', 'typo']);
});

test("backends that change places never get each other's credentials", async () => {
  const model = 'swap';
  const order = (...names: { name: string }[]): object[] =>
    names.map((ref) => ({ ...ref, modelNameOverride: ref === anthropic ? claude : llama }));
  await apply(route('swap', [rule(model, ...order(bedrock, anthropic)), rule('swap2', anthropic)]));
  await examples.untilAnswer(model);
  cluster.mock.clear();
  await apply(route('swap', [rule(model, ...order(anthropic, bedrock)), rule('swap2', { name: 'typo' })]));
  await touchBackend();
  const deadline = performance.now() + 3_000;
  const statuses = new Set<number>();
  while (performance.now() < deadline) statuses.add((await ask(model)).status);
  expect([...statuses]).toEqual([200]);
  const sent = cluster.mock.requests();
  expect(sent.length).toBeGreaterThan(10);
  for (const { headers } of sent) {
    const names = headers.map(([name]) => name.toLowerCase());
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
    expect(names.includes('x-api-key')).toBe(host.startsWith('api.anthropic.com'));
    expect(names.includes('authorization')).toBe(host.startsWith('bedrock-runtime'));
  }
});

test('a changed Secret signs from then on, without a restart', async () => {
  const changed = {
    accessKeyId: 'AKIACHANGEDCHANGED00',
    secretAccessKey: 'changed/secret/not/a/real/one/000000000',
  };
  cluster.mock.setCredentials([changed]);
  const before = cluster.kubelet.running()?.name;
  const start = performance.now();
  await apply(
    objectOf('aws.yaml', 'Secret')
      .replace(/(aws_access_key_id = )\S+/, `$1${changed.accessKeyId}`)
      .replace(/(aws_secret_access_key = )\S+/, `$1${changed.secretAccessKey}`),
  );
  await examples.untilAnswer(llama);
  reportFigure(`a changed Secret signs after ${Math.round(performance.now() - start)} ms`);
  expect(cluster.kubelet.running()?.name).toBe(before);
});

test('of a Gateway that is deleted nothing is left, and no credentials', async () => {
  await cluster.server.mustKubectl(['delete', 'gateway', 'envoy-ai-gateway-basic']);
  await waitUntil(
    'the Secrets of the configuration to be gone',
    async () => {
      const selector = 'aigateway.envoyproxy.io/filter-config';
      return (
        (await cluster.server.mustKubectl(['get', 'secrets', '-A', '-l', selector, '-o', 'name'])) === ''
      );
    },
    { withinMs: 20_000 },
  );
});
