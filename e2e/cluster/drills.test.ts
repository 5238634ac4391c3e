import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
import { type Answer, postJson } from './post.ts';
import { type ProcessCluster, startProcessCluster, withMockCredentials } from './process-cluster.ts';

let cluster: ProcessCluster;

const llama = 'us.meta.llama3-2-1b-instruct-v1:0';

const ask = (model: string): Promise<Answer> =>
  postJson(`${cluster.url}/v1/chat/completions`, { model, messages: [{ role: 'user', content: 'Hi' }] });

const apply = (yaml: string): Promise<string> => cluster.server.mustKubectl(['apply', '-f', '-'], yaml);

const exampleOf = (name: string): string =>
  withMockCredentials(readFileSync(join(repositoryRoot, 'examples/basic', name), 'utf8'), cluster);

const answers = (model: string): Promise<Answer> =>
  waitUntil(
    `an answer of ${model}`,
    async () => {
      const answer = await ask(model).catch(() => undefined);
      return answer?.status === 200 ? answer : undefined;
    },
    { withinMs: 15_000 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${cluster.logs()}`, { cause: error });
  });

beforeAll(async () => {
  cluster = await startProcessCluster();
  await apply(exampleOf('aws.yaml'));
  await apply(exampleOf('anthropic.yaml'));
  await answers(llama);
  await answers('claude-sonnet-4-5');
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

const route = (name: string, rules: object[]): string =>
  JSON.stringify({
    apiVersion: 'aigateway.envoyproxy.io/v1beta1',
    kind: 'AIGatewayRoute',
    metadata: { name, namespace: 'default' },
    spec: {
      parentRefs: [{ name: 'envoy-ai-gateway-basic', kind: 'Gateway', group: 'gateway.networking.k8s.io' }],
      rules,
    },
  });

const [bedrock, anthropic] = ['envoy-ai-gateway-basic-aws', 'envoy-ai-gateway-basic-anthropic'].map(
  (name) => ({
    name,
  }),
);

const rule = (model: string, ...backendRefs: (object | undefined)[]): object => ({
  matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: model }] }],
  backendRefs,
});

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

test('a new route goes from 404 to 200, with nothing between', async () => {
  const model = 'us.amazon.nova-micro-v1:0';
  const seen: number[] = [(await ask(model)).status];
  const applied = apply(route('new', [rule(model, bedrock)]));
  const deadline = performance.now() + 15_000;
  while (seen.at(-1) !== 200 && performance.now() < deadline) {
    seen.push((await ask(model)).status);
    await delay(10);
  }
  await applied;
  for (let count = 0; count < 50; count += 1) seen.push((await ask(model)).status);
  expect([...new Set(seen)]).toEqual([404, 200]);
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
  expect(cluster.programs.controller.hasEnded()).toBe(false);
  await cluster.server.mustKubectl(['delete', 'aigatewayroute', 'typo']);
});

test("backends that change places never get each other's credentials", async () => {
  const model = 'swap';
  const order = (...names: ({ name: string } | undefined)[]): object[] =>
    names.map((ref) => ({ ...ref, modelNameOverride: ref === anthropic ? 'claude-sonnet-4-5' : llama }));
  await apply(route('swap', [rule(model, ...order(bedrock, anthropic)), rule('swap2', anthropic)]));
  await answers(model);
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
  const secret = exampleOf('aws.yaml')
    .split(/^---$/m)
    .find((document) => /^kind: Secret$/m.test(document));
  const before = cluster.kubelet.running()?.name;
  const start = performance.now();
  await apply(
    (secret ?? '')
      .replace(/(aws_access_key_id = )\S+/, `$1${changed.accessKeyId}`)
      .replace(/(aws_secret_access_key = )\S+/, `$1${changed.secretAccessKey}`),
  );
  await answers(llama);
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
