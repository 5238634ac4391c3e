import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { waitUntil } from '../src/wait-until.ts';
import { type Answer, postJson } from './post.ts';
import { type ProcessCluster, startProcessCluster, withMockCredentials } from './process-cluster.ts';

let cluster: ProcessCluster;

beforeAll(async () => {
  cluster = await startProcessCluster();
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

/** Everything of an example, with the mock's address and credentials. */
const exampleOf = (name: string): string =>
  withMockCredentials(readFileSync(join(repositoryRoot, 'examples/basic', name), 'utf8'), cluster);

const ask = (model: string, path = '/v1/chat/completions'): Promise<Answer> =>
  postJson(
    cluster.url + path,
    { model, max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] },
    { 'anthropic-version': '2023-06-01' },
  );

async function waitForGateway(): Promise<void> {
  const args = ['wait', '--timeout=20s', '--for=condition=Programmed', 'gateway/envoy-ai-gateway-basic'];
  await cluster.server.mustKubectl(args).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${cluster.logs()}`, { cause: error });
  });
}

const firstAnswer = (model: string, path?: string): Promise<Answer> =>
  waitUntil(
    `an answer of ${model}`,
    async () => {
      const answer = await ask(model, path).catch(() => undefined);
      return answer?.status === 200 ? answer : undefined;
    },
    { withinMs: 15_000 },
  ).catch(async (error: unknown) => {
    const last = await ask(model, path).catch(String);
    throw new Error(`${String(error)}\n${JSON.stringify(last)}\n${cluster.logs()}`, { cause: error });
  });

const [chat, messages] = ['/v1/chat/completions', '/v1/messages'];

test.each([
  { file: 'basic.yaml', model: 'some-cool-self-hosted-model', path: chat },
  { file: 'aws.yaml', model: 'us.meta.llama3-2-1b-instruct-v1:0', path: chat },
  { file: 'aws.yaml', model: 'anthropic.claude-3-5-sonnet-20241022-v2:0', path: chat },
  { file: 'anthropic.yaml', model: 'claude-sonnet-4-5', path: messages },
  { file: 'anthropic.yaml', model: 'claude-sonnet-4-5', path: chat },
  { file: 'aws-bedrock-anthropic.yaml', model: 'anthropic.claude-3-5-sonnet-20241022-v2:0', path: messages },
])('kubectl apply -f $file, and $model answers on $path', async ({ file, model, path }) => {
  await cluster.server.mustKubectl(['apply', '-f', '-'], exampleOf(file));
  await waitForGateway();
  const { text } = await firstAnswer(model, path);
  expect(JSON.parse(text)).toHaveProperty(path === messages ? 'content' : 'choices');
});

test('kubectl get shows what a route is and whether it serves', async () => {
  const kinds = 'aigatewayroute,aiservicebackend,backendsecuritypolicy';
  const table = await cluster.server.mustKubectl(['get', kinds]);
  expect(table).toMatch(/aigatewayroute\S+\/envoy-ai-gateway-basic-aws\s+Accepted/);
  expect(table).not.toContain('NotAccepted');
});

test('kubectl logs shows what the sidecar says', async () => {
  const selector = 'gateway.envoyproxy.io/owning-gateway-name=envoy-ai-gateway-basic';
  const args = ['logs', '-n', 'envoy-gateway-system', '-l', selector, '-c', 'ai-gateway-extproc'];
  expect(await cluster.server.mustKubectl(args)).toContain('configuration loaded');
});

test('a model that no route serves is told in the words of the API', async () => {
  const { status, text } = await ask('nobody', messages);
  expect(status).toBe(404);
  expect(JSON.parse(text)).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
});

test('running traffic does not need the control plane', async () => {
  const model = 'us.meta.llama3-2-1b-instruct-v1:0';
  await cluster.programs.controller.stop('SIGKILL');
  await cluster.programs.envoyGateway.stop('SIGKILL');
  for (let count = 0; count < 20; count += 1) expect((await ask(model)).status).toBe(200);
  await cluster.restart('envoyGateway');
  await cluster.restart('controller');
  expect((await ask(model)).status).toBe(200);
});
