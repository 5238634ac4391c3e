import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
import { envoyGatewayNamespace, ownNamespace } from './charts.ts';
import { bedrock, type Examples, llama, proxyReplicas, route, rule, startExamples } from './examples.ts';
import type { ProcessCluster } from './process-cluster.ts';
import { startTraffic } from './traffic.ts';

/** What running traffic notices of a control plane that is away: nothing. */

let examples: Examples;
let cluster: ProcessCluster;

beforeAll(async () => {
  examples = await startExamples(['aws.yaml', llama]);
  ({ cluster } = examples);
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

const since = (start: number): string => `${Math.round(performance.now() - start)} ms`;

test.each([
  { what: "the controller's pods", away: () => cluster.restart('controller') },
  { what: 'Envoy Gateway', away: () => cluster.restart('envoyGateway') },
  { what: 'the API server', away: () => cluster.server.restart() },
  {
    what: 'etcd',
    away: async () => {
      await cluster.server.kill('etcd');
      await cluster.server.revive();
    },
  },
])('traffic does not notice that $what is killed, and changes are taken up again', async ({ what, away }) => {
  const model = `after ${what}`;
  const traffic = startTraffic(() => examples.ask(llama));
  const start = performance.now();
  await away();
  reportFigure(`${what} killed: back after ${since(start)}`);
  await examples.apply(route('after', [rule(model, { ...bedrock, modelNameOverride: llama })]));
  await waitUntil(`an answer of ${model}`, async () => (await examples.ask(model)).status === 200, {
    withinMs: 60_000,
  });
  reportFigure(`${what} killed: a new route serves after ${since(start)}`);
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
  expect(traffic.outcomes().length).toBeGreaterThan(20);
});

test('an external processor that is killed comes back, and what fails meanwhile says so', async () => {
  const [proxy] = cluster.pods('proxy');
  const sidecar = proxy?.containers.get('ai-gateway-extproc');
  const traffic = startTraffic(() => examples.ask(llama));
  await waitUntil('traffic', () => traffic.outcomes().length > 10);
  sidecar?.kill('SIGKILL');
  const start = performance.now();
  await waitUntil('the container to be started again', () => sidecar?.restarts === 1);
  await waitUntil('an answer', async () => (await examples.ask(llama)).status === 200);
  reportFigure(`extproc killed: serves again after ${since(start)}`);
  await traffic.stop();
  const failures = traffic.failures();
  reportFigure(`extproc killed: ${failures.length} of ${traffic.outcomes().length} requests failed`);
  for (const { result, text } of failures) {
    expect([500, 502, 503, 504]).toContain(result);
    expect(JSON.parse(text ?? '')).toHaveProperty('error.message');
  }
  const { stdout } = await cluster.server.kubectl([
    ...['get', 'pod', proxy?.name ?? '', '-n', envoyGatewayNamespace],
    ...['-o', 'jsonpath={.status.initContainerStatuses[0].restartCount}'],
  ]);
  expect(stdout).toBe('1');
});

const holder = (): Promise<string> =>
  cluster.server.mustKubectl([
    ...['get', 'lease', 'ai-gateway-controller', '-n', ownNamespace],
    ...['-o', 'jsonpath={.spec.holderIdentity}'],
  ]);

test("when the leader's pod is deleted under load, another takes over", async () => {
  const before = await holder();
  const pod = cluster.pods('controller').find(({ name }) => before.includes(name));
  const traffic = startTraffic(() => examples.ask(llama));
  const start = performance.now();
  await cluster.server.mustKubectl(['delete', 'pod', pod?.name ?? '', '-n', ownNamespace, '--wait=false']);
  const model = 'after the leader';
  await examples.apply(route('after', [rule(model, { ...bedrock, modelNameOverride: llama })]));
  await waitUntil(`an answer of ${model}`, async () => (await examples.ask(model)).status === 200, {
    withinMs: 60_000,
  });
  const after = await holder();
  reportFigure(`leader deleted: a new route serves after ${since(start)}, by ${after}`);
  expect(after).not.toBe(before);
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
});

test('a leader that hangs is replaced, and its container is started again', async () => {
  const before = await holder();
  const pod = cluster.pods('controller').find(({ name }) => before.includes(name));
  const container = pod?.containers.get('controller');
  // Whoever leads may have been killed by a test before.
  const restarts = container?.restarts ?? 0;
  const traffic = startTraffic(() => examples.ask(llama));
  const start = performance.now();
  container?.kill('SIGSTOP');
  const model = 'after one that hangs';
  await examples.apply(route('after', [rule(model, { ...bedrock, modelNameOverride: llama })]));
  await waitUntil(`an answer of ${model}`, async () => (await examples.ask(model)).status === 200, {
    withinMs: 90_000,
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${cluster.logs()}`, { cause: error });
  });
  reportFigure(`leader hangs: a new route serves after ${since(start)}`);
  expect(await holder()).not.toBe(before);
  await waitUntil('the container to be started again', () => container?.restarts === restarts + 1, {
    withinMs: 90_000,
  });
  reportFigure(`leader hangs: started again after ${since(start)}`);
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
});

test('without the webhook proxies serve on, and the Deployment says why there is no new one', async () => {
  await cluster.scale('controller', 0);
  const traffic = startTraffic(() => examples.ask(llama));
  await examples.apply(proxyReplicas(2));
  const path = '{.items[0].status.conditions[?(@.type=="ReplicaFailure")].message}';
  const labels = 'gateway.envoyproxy.io/owning-gateway-name=envoy-ai-gateway-basic';
  const message = await waitUntil(
    'a condition that says why',
    async () => {
      const args = ['get', 'deployments', '-n', envoyGatewayNamespace, '-l', labels];
      const text = await cluster.server.mustKubectl([...args, '-o', `jsonpath=${path}`]);
      return text === '' ? undefined : text;
    },
    { withinMs: 60_000 },
  );
  expect(message).toContain('failed calling webhook');
  expect(message).toContain('ai-gateway-controller.envoy-ai-gateway-system');
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
  await cluster.scale('controller', 2);
  await waitUntil('a second proxy', () => cluster.pods('proxy').filter((pod) => pod.isReady()).length === 2, {
    withinMs: 60_000,
  });
});
