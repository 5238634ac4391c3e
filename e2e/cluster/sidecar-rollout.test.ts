import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
import { envoyGatewayNamespace } from './charts.ts';
import { type Examples, exampleOf, llama, proxyReplicas, startExamples } from './examples.ts';
import type { KubeObject } from './kube-api.ts';
import type { PodProcess } from './kubelet/pod-process.ts';
import { type Answer } from './post.ts';
import type { ProcessCluster } from './process-cluster.ts';
import { startTraffic } from './traffic.ts';

/** Proxies whose sidecar is not the one that new pods would get are made anew, under load; others never are. */

let examples: Examples;
let cluster: ProcessCluster;

beforeAll(async () => {
  examples = await startExamples(['aws.yaml', llama]);
  ({ cluster } = examples);
  await examples.apply(proxyReplicas(2));
  await waitUntil('two proxies', () => proxies().length === 2 && cluster.pods('proxy').length === 2, {
    withinMs: 60_000,
  });
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

const proxies = (): readonly PodProcess[] => cluster.pods('proxy').filter((pod) => pod.isReady());
const namesOf = (): string[] => proxies().map(({ name }) => name);

const list = async (path: string): Promise<readonly KubeObject[]> => {
  const { body } = await cluster.server.api.request('GET', path);
  return body['items'] as readonly KubeObject[];
};
const proxyLabels = '?labelSelector=gateway.envoyproxy.io/owning-gateway-name%3Denvoy-ai-gateway-basic';
const deployments = (): Promise<readonly KubeObject[]> =>
  list(`/apis/apps/v1/namespaces/${envoyGatewayNamespace}/deployments${proxyLabels}`);
const pods = (): Promise<readonly KubeObject[]> =>
  list(`/api/v1/namespaces/${envoyGatewayNamespace}/pods${proxyLabels}`);

async function templateRollout(): Promise<string | undefined> {
  const [deployment] = await deployments();
  const { template } = deployment?.['spec'] as { template: { metadata: KubeObject['metadata'] } };
  return template.metadata.annotations?.['aigateway.envoyproxy.io/sidecar-rollout'];
}

const settings = (value: string): string => `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: GatewayConfig
metadata: {name: sidecar, namespace: default}
spec: {extProc: {kubernetes: {env: [{name: EXAMPLE, value: ${value}}]}}}
`;

/** As the official clients do: once more when the connection has been lost. */
const send = (): Promise<Answer> => examples.ask(llama).catch(() => examples.ask(llama));

const untilReplaced = (before: readonly string[]): Promise<true> =>
  waitUntil(
    'two new proxies alone',
    () =>
      proxies().length === 2 &&
      cluster.pods('proxy').length === 2 &&
      namesOf().every((name) => !before.includes(name)),
    { withinMs: 240_000 },
  ).catch(async (error: unknown) => {
    const seen = await pods();
    const described = seen.map(
      ({ metadata, status }) =>
        `${metadata.name} ${JSON.stringify(metadata.annotations)} ${JSON.stringify(status?.conditions)}`,
    );
    throw new Error(`${String(error)}\nbefore: ${before.join()}\n${described.join('\n')}`, { cause: error });
  });

/** What changes beside the sidecar brings a look at everything, and no new pod. */
async function expectNoRollout(yaml: string): Promise<void> {
  const [before, template] = [namesOf(), await templateRollout()];
  await examples.apply(yaml);
  await examples.untilAnswer(llama);
  expect([namesOf(), await templateRollout()]).toEqual([before, template]);
}

test('the first proxies of a Gateway say which sidecar they have, and are not made anew', async () => {
  const digests = (await pods()).map(
    ({ metadata }) => metadata.annotations?.['aigateway.envoyproxy.io/sidecar-digest'],
  );
  expect(new Set(digests).size).toBe(1);
  expect(digests[0]).toMatch(/^[0-9a-f]{16}$/);
  expect(await templateRollout()).toBeUndefined();
});

test('a changed variable of the GatewayConfig is in all proxies, without a failed request', async () => {
  const gateway = await cluster.server.api.request(
    'PATCH',
    '/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways/envoy-ai-gateway-basic',
    { metadata: { annotations: { 'aigateway.envoyproxy.io/gateway-config': 'sidecar' } } },
    'application/merge-patch+json',
  );
  expect(gateway.status).toBe(200);
  for (const value of ['one', 'two']) {
    const before = namesOf();
    const traffic = startTraffic(send);
    const start = performance.now();
    try {
      await examples.apply(settings(value));
      await untilReplaced(before);
    } finally {
      await traffic.stop();
    }
    const took = Math.round(performance.now() - start);
    reportFigure(`another variable of the sidecar: ${took} ms, ${traffic.outcomes().length} requests`);
    expect(traffic.failures()).toEqual([]);
    const sidecars = (await pods()).map(({ spec }) => JSON.stringify(spec));
    for (const sidecar of sidecars) expect(sidecar).toContain(`"name":"EXAMPLE","value":"${value}"`);
    expect(await templateRollout()).toMatch(/^[0-9a-f]{16}\.1$/);
  }
}, 600_000);

test('nothing new makes nothing new', async () => {
  await expectNoRollout(settings('two'));
  await expectNoRollout(exampleOf('aws.yaml'));
  await expectNoRollout(
    settings('two').replace(
      'spec: {',
      'spec: {globalLLMRequestCosts: [{metadataKey: t, type: TotalToken}], ',
    ),
  );
});
