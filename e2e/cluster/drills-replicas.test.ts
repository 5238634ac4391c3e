import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
import { envoyGatewayNamespace } from './charts.ts';
import {
  bedrock,
  type Examples,
  llama,
  objectOf,
  proxyReplicas,
  route,
  rule,
  startExamples,
} from './examples.ts';
import type { PodProcess } from './kubelet/pod-process.ts';
import { type Answer, postJson } from './post.ts';
import type { ProcessCluster } from './process-cluster.ts';
import { startTraffic } from './traffic.ts';

/** Two proxies of one Gateway, and two users of one route. */

let examples: Examples;
let cluster: ProcessCluster;

beforeAll(async () => {
  examples = await startExamples(['aws.yaml', llama]);
  ({ cluster } = examples);
  await examples.apply(proxyReplicas(2));
  await untilReady(2);
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

const proxies = (): readonly PodProcess[] => cluster.pods('proxy').filter((pod) => pod.isReady());
const urlOf = ({ address }: PodProcess): string => `http://${address}:10080`;
const labels = ['-n', envoyGatewayNamespace, '-l', 'app.kubernetes.io/name=envoy'];

const untilReady = (count: number): Promise<true> =>
  waitUntil(
    `${count} proxies`,
    () => (proxies().length === count && cluster.pods('proxy').length === count ? true : undefined),
    { withinMs: 60_000 },
  );

test('both proxies serve, with addresses of their own', async () => {
  const urls = proxies().map(urlOf);
  expect(new Set(urls).size).toBe(2);
  for (const url of urls) expect((await examples.ask(llama, url)).status).toBe(200);
  const addresses = await cluster.server.mustKubectl([
    ...['get', 'pods', ...labels, '-o', 'jsonpath={.items[*].status.podIP}'],
  ]);
  expect(addresses.split(' ').sort()).toEqual(
    proxies()
      .map(({ address }) => address)
      .sort(),
  );
});

test('both take a changed Secret', async () => {
  const changed = { accessKeyId: 'AKIACHANGEDCHANGED00', secretAccessKey: 'changed/not/a/real/one/00000000' };
  cluster.mock.setCredentials([changed]);
  const start = performance.now();
  await examples.apply(
    objectOf('aws.yaml', 'Secret')
      .replace(/(aws_access_key_id = )\S+/, `$1${changed.accessKeyId}`)
      .replace(/(aws_secret_access_key = )\S+/, `$1${changed.secretAccessKey}`),
  );
  for (const pod of proxies()) await examples.untilAnswer(llama, urlOf(pod));
  reportFigure(
    `two proxies: both sign with a changed Secret after ${Math.round(performance.now() - start)} ms`,
  );
});

test('a rolling restart under load loses nothing that is not retried', async () => {
  let retries = 0;
  // As the official clients do: once more when the connection has been lost.
  const send = async (): Promise<Answer> => {
    const attempt = (): Promise<Answer> => examples.ask(llama);
    return attempt().catch(async () => {
      retries += 1;
      return attempt();
    });
  };
  const before = proxies().map(({ name }) => name);
  const traffic = startTraffic(send);
  const start = performance.now();
  await cluster.server.mustKubectl(['rollout', 'restart', 'deployment', ...labels]);
  await waitUntil(
    'two new proxies alone',
    () =>
      proxies().length === 2 &&
      cluster.pods('proxy').length === 2 &&
      proxies().every(({ name }) => !before.includes(name)),
    { withinMs: 90_000 },
  );
  const took = Math.round(performance.now() - start);
  await traffic.stop();
  const all = traffic.outcomes().length;
  reportFigure(
    `rolling restart of two proxies: ${took} ms, ${all} requests, ${retries} retried, ${traffic.failures().length} lost`,
  );
  expect(traffic.failures()).toEqual([]);
}, 150_000);

test('of two users who change one route at the same time, the last one is served', async () => {
  await examples.apply(route('fought', [rule('first', bedrock)]));
  const path = '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/default/aigatewayroutes/fought';
  const patch = (model: string): Promise<unknown> =>
    cluster.server.api.request(
      'PATCH',
      path,
      { spec: { rules: [rule(model, { ...bedrock, modelNameOverride: llama })] } },
      'application/merge-patch+json',
    );
  const deadline = performance.now() + 3_000;
  const fight = async (user: string): Promise<number> => {
    let count = 0;
    for (; performance.now() < deadline; count += 1) await patch(`${user}-${count}`);
    return count;
  };
  const counts = await Promise.all([fight('left'), fight('right')]);
  await patch('the-last');
  reportFigure(`two writers: ${counts.join(' and ')} changes in 3 s`);
  await examples.untilAnswer('the-last');
  const { metadata, status } = await waitUntil('conditions of the last change', async () => {
    const { body } = await cluster.server.api.request('GET', path);
    const conditions = (body['status']?.conditions ?? []) as { observedGeneration: number }[];
    const isUpToDate = conditions.every(
      ({ observedGeneration }) => observedGeneration === body.metadata.generation,
    );
    return conditions.length > 0 && isUpToDate
      ? { metadata: body.metadata, status: body['status'] }
      : undefined;
  });
  expect(metadata.generation).toBeGreaterThan(10);
  expect(JSON.stringify(status)).toContain('"Programmed"');
  for (const user of ['left', 'right']) expect((await examples.ask(`${user}-0`)).status).toBe(404);
});

test('of a Gateway with two proxies nothing is left', async () => {
  const processes = proxies().flatMap(({ programs }) => [...programs.values()]);
  await cluster.server.mustKubectl(['delete', 'gateway', 'envoy-ai-gateway-basic']);
  const ofGateway = 'gateway.envoyproxy.io/owning-gateway-name=envoy-ai-gateway-basic';
  const left = async (...args: string[]): Promise<string> =>
    cluster.server.mustKubectl(['get', ...args, '-n', envoyGatewayNamespace, '-o', 'name']);
  await waitUntil(
    'everything to be gone',
    async () =>
      (await left('deploy,rs,pods,services,configmaps,serviceaccounts', '-l', ofGateway)) === '' &&
      (await left('secrets', '-l', 'aigateway.envoyproxy.io/filter-config')) === '' &&
      cluster.pods('proxy').length === 0,
    { withinMs: 60_000 },
  );
  expect(processes.every((program) => program.hasEnded())).toBe(true);
  await expect(postJson(`${cluster.url}/v1/models`, {})).rejects.toThrow(/ECONN/);
});
