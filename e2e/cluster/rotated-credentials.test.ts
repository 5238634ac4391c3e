import { type IssuedCredentials, mockCredentials } from '@aigw/mock-providers';
import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
import { createExamples, type Examples, exampleOf, llama } from './examples.ts';
import { type ProcessCluster, startProcessCluster } from './process-cluster.ts';
import { startTraffic } from './traffic.ts';

/** Credentials that the controller has exchanged, in a real proxy, and what the proxy does when the controller is gone. */

let cluster: ProcessCluster;
let user: Examples;

const lifetimeSeconds = 40;
const policy = 'envoy-ai-gateway-basic-aws-credentials';

beforeAll(async () => {
  cluster = await startProcessCluster({ credentials: { credentialLifetimeSeconds: lifetimeSeconds } });
  user = createExamples(cluster);
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

/** The example's policy, with an exchange in place of the access key. */
const exchange = (): string =>
  JSON.stringify([
    { op: 'remove', path: '/spec/awsCredentials/credentialsFile' },
    {
      op: 'add',
      path: '/spec/awsCredentials/oidcExchangeToken',
      value: {
        awsRoleArn: 'arn:aws:iam::123456789012:role/bedrock',
        oidc: {
          provider: { issuer: cluster.mock.aws.issuer },
          clientID: mockCredentials.oidcClient.id,
          clientSecret: { name: 'client' },
        },
      },
    },
  ]);

const secretField = (path: string): Promise<string> =>
  cluster.server.mustKubectl(['get', 'secret', `ai-eg-bsp-${policy}`, '-o', `jsonpath=${path}`]);

/** The access key of the Secret that the controller keeps. */
async function rotatedKey(): Promise<string> {
  const file = Buffer.from(await secretField('{.data.credentials}'), 'base64').toString('utf8');
  return /aws_access_key_id = (\S+)/.exec(file)?.[1] ?? '';
}

/** Access keys with which Bedrock was asked since the mock forgot, oldest first. */
const keysUsed = (): string[] =>
  cluster.mock.requests().flatMap(({ headers }) => {
    const authorization = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
    return /Credential=([^/]+)\/\d+\/[^/]+\/bedrock\//.exec(authorization)?.[1] ?? [];
  });

test("the proxy signs with the credentials of the controller's Secret", async () => {
  await user.apply(exampleOf('aws.yaml'));
  await user.untilAnswer(llama);
  await cluster.server.mustKubectl([
    ...['create', 'secret', 'generic', 'client'],
    `--from-literal=client-secret=${mockCredentials.oidcClient.secret}`,
  ]);
  const patch = ['patch', 'backendsecuritypolicy', policy, '--type=json', '-p', exchange()];
  await cluster.server.mustKubectl(patch);
  await waitUntil(
    'a request with the key of the Secret',
    async () => {
      const key = await rotatedKey().catch(() => '');
      cluster.mock.clear();
      await user.ask(llama);
      return key !== '' && keysUsed().includes(key);
    },
    { withinMs: 60_000 },
  );
});

test('renewals reach the proxy without a failure', async () => {
  const before = await rotatedKey();
  const traffic = startTraffic(() => user.ask(llama), { everyMs: 100 });
  await waitUntil(
    'a request with renewed credentials',
    async () => {
      const key = await rotatedKey();
      return key !== before && keysUsed().includes(key);
    },
    { withinMs: 2 * lifetimeSeconds * 1_000 },
  );
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
}, 180_000);

test('without the controller the proxy goes on by exchanges of its own, before the last credentials end', async () => {
  await cluster.scale('controller', 0);
  const last = await rotatedKey();
  const before = cluster.mock.aws.issued().length;
  const traffic = startTraffic(() => user.ask(llama), { everyMs: 100 });
  const own = (): readonly IssuedCredentials[] => cluster.mock.aws.issued().slice(before);
  await waitUntil(
    "the end of the proxy's first credentials",
    () => own().some(({ expiration }) => expiration.getTime() < Date.now()),
    { withinMs: 4 * lifetimeSeconds * 1_000, everyMs: 200 },
  );
  cluster.mock.clear();
  await waitUntil('requests after that', () => keysUsed().length > 10, { withinMs: 30_000 });
  await traffic.stop();
  expect(traffic.failures()).toEqual([]);
  reportFigure(`without the controller: ${traffic.outcomes().length} requests, ${own().length} exchanges`);
  expect(await rotatedKey()).toBe(last);
  const ownKeys = own().map(({ accessKeyId }) => accessKeyId);
  for (const key of keysUsed()) expect(ownKeys).toContain(key);
}, 300_000);
