import { setTimeout as delay } from 'node:timers/promises';
import { mockCredentials } from '@aigw/mock-providers';
import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
import { bedrock, type Examples, llama, objectOf, route, rule, startExamples } from './examples.ts';
import type { ProcessCluster } from './process-cluster.ts';
import { startTraffic } from './traffic.ts';

/** Changes reach the data plane although the kubelet looks at its volumes once a minute. */

let examples: Examples;
let cluster: ProcessCluster;

beforeAll(async () => {
  examples = await startExamples(['aws.yaml', llama]);
  ({ cluster } = examples);
  cluster.kubelet.setVolumeDelay(60_000);
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

const withKey = (accessKeyId: string, secretAccessKey: string): string =>
  objectOf('aws.yaml', 'Secret')
    .replace(/(aws_access_key_id = )\S+/, `$1${accessKeyId}`)
    .replace(/(aws_secret_access_key = )\S+/, `$1${secretAccessKey}`);

/** The first key of a signature: `Credential=KEY/date/region/service/aws4_request`. */
function keyOfLastRequest(): string | undefined {
  const headers = cluster.mock.requests().at(-1)?.headers ?? [];
  const authorization = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  return /Credential=([^/]+)\//.exec(authorization)?.[1];
}

test('a changed Secret signs within a second of its acceptance, without a restart and without the kubelet', async () => {
  const key = 'AKIAPUSHEDPUSHED0000';
  const secret = 'pushed/secret/not/a/real/one/0000000000';
  cluster.mock.setCredentials([mockCredentials.aws, { accessKeyId: key, secretAccessKey: secret }]);
  const [pod] = cluster.pods('proxy');
  const traffic = startTraffic(() => examples.ask(llama));
  await waitUntil('traffic', () => traffic.outcomes().length > 10);
  await examples.apply(withKey(key, secret));
  const accepted = performance.now();
  await waitUntil('a request signed with the new key', () => keyOfLastRequest() === key);
  const took = Math.round(performance.now() - accepted);
  reportFigure(
    `a changed Secret signs ${took} ms after the API server accepted it, the kubelet not having looked`,
  );
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
  expect(cluster.pods('proxy')).toEqual([pod]);
  expect(took).toBeLessThan(5000);
});

test('a new route goes from 404 to 200 with nothing between', async () => {
  const model = 'pushed';
  const seen: number[] = [(await examples.ask(model)).status];
  const started = performance.now();
  await examples.apply(route('pushed', [rule(model, { ...bedrock, modelNameOverride: llama })]));
  const deadline = performance.now() + 15_000;
  while (seen.at(-1) !== 200 && performance.now() < deadline) {
    seen.push((await examples.ask(model)).status);
    await delay(10);
  }
  reportFigure(`a new route serves after ${Math.round(performance.now() - started)} ms`);
  for (let count = 0; count < 50; count += 1) seen.push((await examples.ask(model)).status);
  expect([...new Set(seen)]).toEqual([404, 200]);
});

test('without the controller a processor that starts again has its volume', async () => {
  cluster.kubelet.setVolumeDelay(0);
  await cluster.scale('controller', 0);
  await cluster.restart('proxy');
  await examples.untilAnswer(llama);
  await examples.untilAnswer('pushed');
  const [sidecar] = cluster.pods('proxy').map(({ containers }) => containers.get('ai-gateway-extproc'));
  expect(sidecar?.program.log()).toContain('the controller cannot be asked');
  await cluster.scale('controller', 2);
  await waitUntil('the controller to be asked', () =>
    sidecar?.program.log().includes('the controller tells of changes'),
  );
});
