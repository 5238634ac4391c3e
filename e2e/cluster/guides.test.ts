import { envoyGatewayNamespace } from './charts.ts';
import { startPodWebhook } from './eks/pod-webhook.ts';
import { exampleOf } from './examples.ts';
import { type Answer, postJson } from './post.ts';
import { type Cluster, isExisting, launchCluster, testOwn } from './cluster-launcher.ts';
import type { ProcessCluster } from './process-cluster.ts';
import { waitUntil } from '../src/wait-until.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await launchCluster();
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

function own(): ProcessCluster {
  if (cluster.processes === undefined) throw new Error('not a cluster of our own');
  return cluster.processes;
}

interface Question {
  readonly model: string;
  readonly path?: string;
  /** Of the listener. */
  readonly port?: number;
}

const ask = ({ model, path = chat, port = 80 }: Question): Promise<Answer> =>
  postJson(
    `${cluster.url}:${port}${path}`,
    { model, max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] },
    { 'anthropic-version': '2023-06-01' },
  );

const [chat, messages] = ['/v1/chat/completions', '/v1/messages'] as const;
const llama = 'us.meta.llama3-2-1b-instruct-v1:0';
const claude = 'anthropic.claude-3-5-sonnet-20241022-v2:0';

async function waitForGateway(): Promise<void> {
  const args = ['wait', '--timeout=60s', '--for=condition=Programmed', 'gateway/envoy-ai-gateway-basic'];
  await cluster.server.mustKubectl(args).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${cluster.logs()}`, { cause: error });
  });
}

const firstAnswer = (question: Question): Promise<Answer> =>
  waitUntil(
    `an answer of ${question.model}`,
    async () => {
      const answer = await ask(question).catch(() => undefined);
      return answer?.status === 200 ? answer : undefined;
    },
    { withinMs: 60_000 },
  ).catch(async (error: unknown) => {
    const last = await ask(question).catch(String);
    throw new Error(`${String(error)}\n${JSON.stringify(last)}\n${cluster.logs()}`, { cause: error });
  });

const apply = (yaml: string): Promise<string> => cluster.server.mustKubectl(['apply', '-f', '-'], yaml);

const newestProxy = async (): Promise<string> => {
  const names = await cluster.server.mustKubectl([
    ...['get', 'pods', '-n', envoyGatewayNamespace, '-l', 'app.kubernetes.io/name=envoy'],
    ...['--sort-by=.metadata.creationTimestamp', '-o', 'jsonpath={.items[*].metadata.name}'],
  ]);
  return names.split(' ').at(-1) ?? '';
};

const sidecarEnvironment = async (): Promise<string> => {
  const pod = await newestProxy();
  const exec = ['exec', '-n', envoyGatewayNamespace, pod, '-c', 'ai-gateway-extproc', '--', 'env'];
  return cluster.server.mustKubectl(exec);
};

test.each([
  { file: 'basic.yaml', model: 'some-cool-self-hosted-model', path: chat },
  { file: 'aws.yaml', model: llama, path: chat },
  { file: 'aws.yaml', model: claude, path: chat },
  { file: 'anthropic.yaml', model: 'claude-sonnet-4-5', path: messages },
  { file: 'anthropic.yaml', model: 'claude-sonnet-4-5', path: chat },
  { file: 'aws-bedrock-anthropic.yaml', model: claude, path: messages },
])('kubectl apply -f $file, and $model answers on $path', async ({ file, model, path }) => {
  await apply(exampleOf(file));
  await waitForGateway();
  // Elsewhere the providers are the real ones, and have no account for us; this one is in the example itself.
  if (isExisting && file !== 'basic.yaml') return;
  const { text } = await firstAnswer({ model, path });
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
  const args = ['logs', '-n', envoyGatewayNamespace, '-l', selector, '-c', 'ai-gateway-extproc'];
  expect(await cluster.server.mustKubectl(args)).toContain('configuration loaded');
});

test('kubectl logs -l app=ai-gateway-extproc shows it without naming the container', async () => {
  const args = ['logs', '-n', envoyGatewayNamespace, '-l', 'app=ai-gateway-extproc'];
  expect(await cluster.server.mustKubectl(args)).toContain('configuration loaded');
});

test('kubectl exec shows the environment of the sidecar', async () => {
  expect(await sidecarEnvironment()).toMatch(/^HOSTNAME=envoy-default-/m);
});

testOwn('kubectl exec passes input and output on, and says how the command ended', async () => {
  const pod = await newestProxy();
  const script = ['sh', '-c', 'cat; echo to-stderr >&2; exit 7'];
  const args = ['exec', '-i', '-n', envoyGatewayNamespace, pod, '-c', 'envoy', '--', ...script];
  const { code, stdout, stderr } = await cluster.server.kubectl(args, 'to-stdout');
  expect({ code, stdout }).toEqual({ code: 7, stdout: 'to-stdout' });
  expect(stderr).toContain('to-stderr');
});

test('a model that no route serves is told in the words of the API', async () => {
  const { status, text } = await ask({ model: 'nobody', path: messages });
  expect(status).toBe(404);
  expect(JSON.parse(text)).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
});

testOwn('running traffic does not need the control plane', async () => {
  await own().scale('controller', 0);
  await own().scale('envoyGateway', 0);
  for (let count = 0; count < 20; count += 1) expect((await ask({ model: llama })).status).toBe(200);
  await own().scale('envoyGateway', 1);
  await own().scale('controller', 2);
  expect((await ask({ model: llama })).status).toBe(200);
});

testOwn('kubectl apply -f anthropic-aws-bedrock.yaml, and port 8080 answers', async () => {
  await apply(exampleOf('anthropic-aws-bedrock.yaml'));
  const { text } = await firstAnswer({ model: claude, path: messages, port: 8080 });
  expect(JSON.parse(text)).toHaveProperty('content');
});

/** Names of webhooks before and after ours, `envoy-ai-gateway-gateway-pod-mutator`. */
const webhooks = ['a-pod-identity-webhook', 'pod-identity-webhook'];
const associated = [`${envoyGatewayNamespace}/ai-gateway-dataplane-aws`];

describe.each(webhooks)('with the webhook of EKS as %s', (name) => {
  testOwn.each([
    {
      file: 'aws-irsa.yaml',
      variable: 'AWS_ROLE_ARN=arn:aws:iam::123456789012:role/ai-gateway-bedrock-role',
    },
    {
      file: 'aws-pod-identity.yaml',
      variable: 'AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials',
    },
  ])(
    'kubectl apply -f $file, and the sidecar has the credentials of the role',
    async ({ file, variable }) => {
      await cluster.server.mustKubectl(['delete', 'gateway,aigatewayroute', '--all', '-n', 'default']);
      await waitUntil('the proxies before to be gone', () => own().pods('proxy').length === 0, {
        withinMs: 90_000,
      }).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${cluster.logs()}`, { cause: error });
      });
      const webhook = await startPodWebhook(own().server, { name, associated });
      try {
        const before = own().mock.aws.issued().length;
        await apply(exampleOf(file).replaceAll('ACCOUNT_ID', '123456789012'));
        await waitForGateway();
        await firstAnswer({ model: llama });
        expect(await sidecarEnvironment()).toContain(variable);
        expect(own().mock.aws.issued().length).toBeGreaterThan(before);
      } finally {
        await webhook.stop();
      }
    },
  );
});
