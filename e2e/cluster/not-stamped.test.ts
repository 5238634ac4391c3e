import { waitUntil } from '../src/wait-until.ts';
import { applyGoldenRoutes } from './golden-requests.ts';
import type { KubeObject } from './kube-api.ts';
import { type ProcessCluster, startProcessCluster } from './process-cluster.ts';

/** What Envoy Gateway makes of a route and the extension server cannot make ours is said on the route. */

let cluster: ProcessCluster;

beforeAll(async () => {
  cluster = await startProcessCluster();
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

async function programmed(name: string): Promise<string> {
  const path = `/apis/aigateway.envoyproxy.io/v1beta1/namespaces/default/aigatewayroutes/${name}`;
  const { body } = await cluster.server.api.request('GET', path);
  const conditions = ((body['status'] as KubeObject | undefined)?.['conditions'] ?? []) as {
    type: string;
    status: string;
    reason: string;
    message: string;
  }[];
  const found = conditions.find(({ type }) => type === 'Programmed');
  return found === undefined ? '' : `${found.status} ${found.reason}: ${found.message}`;
}

const untilProgrammed = (name: string, start: string): Promise<string> =>
  waitUntil(
    `${name}: ${start}`,
    async () => {
      const text = await programmed(name);
      return text.startsWith(start) ? text : undefined;
    },
    { withinMs: 60_000 },
  ).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${await programmed(name)}\n${cluster.logs()}`, { cause: error });
  });

test('a route that fits is programmed', async () => {
  await applyGoldenRoutes(cluster.server, 'services');
  await untilProgrammed('services', 'True Programmed');
});

test('a rule whose endpoints nobody can tell apart is named on its route, and on no other', async () => {
  await applyGoldenRoutes(cluster.server, 'shared-endpoints');
  const text = await untilProgrammed('shared-endpoints', 'False NotStamped');
  expect(text).toContain(
    'behind Gateway default/shared-endpoints, rule 0: 2 backends share endpoints that are looked up later',
  );
  expect(text).not.toContain('rule 1');
  expect(await programmed('services')).toMatch(/^True/);
});

test('when its backends have rules of their own, it is programmed', async () => {
  const rules = ['vllm', 'sglang'].map((name) => ({
    matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: name }] }],
    backendRefs: [{ name }],
  }));
  await cluster.server.mustKubectl([
    ...['patch', 'aigatewayroute', 'shared-endpoints', '--type=merge'],
    ...['-p', JSON.stringify({ spec: { rules } })],
  ]);
  await untilProgrammed('shared-endpoints', 'True Programmed');
  await waitUntil('the record to go', async () => {
    const path = '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/default/aigatewayroutes/shared-endpoints';
    const { body } = await cluster.server.api.request('GET', path);
    return Object.keys((body['status'] as { notStamped?: object }).notStamped ?? {}).length === 0;
  });
});
