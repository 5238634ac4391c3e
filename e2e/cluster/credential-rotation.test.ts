import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockAwsEnvironment, mockCredentials, startMockProviders } from '@aigw/mock-providers';
import { waitUntil } from '../src/wait-until.ts';
import {
  type ControllerFixture,
  renderChart,
  type Replica,
  startControllerFixture,
} from './controller-fixture.ts';
import { backendOf, gateway, routeTo } from './key-backend.ts';
import type { KubeObject } from './kube-api.ts';

/** Credentials of OIDC exchanges in Secrets, against a real API server, with the mock's issuer and STS. */

type Mock = Awaited<ReturnType<typeof startMockProviders>>;

let fixture: ControllerFixture;
/** Credentials of an hour, and of some seconds. */
let lasting: Mock;
let fleeting: Mock;
/** An issuer that takes requests and never answers. */
let silent: Server;
let replica: Replica;

const fleetingSeconds = 12;

beforeAll(async () => {
  lasting = await startMockProviders();
  fleeting = await startMockProviders({ credentialLifetimeSeconds: fleetingSeconds });
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  fixture = await startControllerFixture();
  replica = await fixture.startReplica('rotation-a', mockAwsEnvironment(lasting.url).sts);
}, 900_000);

afterAll(async () => {
  await fixture.stop();
  silent.closeAllConnections();
  silent.close();
  await Promise.all([lasting.close(), fleeting.close()]);
});

const policies = '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/default/backendsecuritypolicies';
const secrets = '/api/v1/namespaces/default/secrets';
const configSecrets =
  '/api/v1/namespaces/envoy-gateway-system/secrets?labelSelector=aigateway.envoyproxy.io/filter-config=part';

const roleArn = (role: string): string => `arn:aws:iam::123456789012:role/${role}`;

const policyYaml = (name: string, issuer: string, role = name): string => `
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: BackendSecurityPolicy
metadata: {name: ${name}}
spec:
  targetRefs: [{group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: ${name}}]
  type: AWSCredentials
  awsCredentials:
    region: us-east-1
    oidcExchangeToken:
      awsRoleArn: ${roleArn(role)}
      oidc: {provider: {issuer: "${issuer}"}, clientID: ${mockCredentials.oidcClient.id}, clientSecret: {name: client}}
`;

const clientYaml = (secret: string = mockCredentials.oidcClient.secret): string => `
---
apiVersion: v1
kind: Secret
metadata: {name: client}
stringData: {client-secret: ${secret}}
`;

const routeYaml = (name: string): string => gateway(name) + routeTo(name, name, `[{name: ${name}}]`);

const everything = (name: string, issuer: string): string =>
  backendOf(name, 'AWSBedrock') + policyYaml(name, issuer);

const secretOf = (policy: string): Promise<KubeObject | undefined> =>
  fixture.get(`${secrets}/ai-eg-bsp-${policy}`);

/** The text of the credentials file. */
function fileOf(secret: KubeObject | undefined): string {
  const data = secret?.['data'] as { credentials?: string } | undefined;
  return Buffer.from(data?.credentials ?? '', 'base64').toString();
}

const keyOf = (secret: KubeObject | undefined): string =>
  /aws_access_key_id = (\S+)/.exec(fileOf(secret))?.[1] ?? 'none';

const untilSecret = (policy: string, holds: (secret: KubeObject) => boolean): Promise<KubeObject> =>
  waitUntil(
    `Secret of ${policy}`,
    async () => {
      const secret = await secretOf(policy);
      return secret !== undefined && holds(secret) ? secret : undefined;
    },
    { withinMs: 60_000 },
  );

/** What the role of a policy got, of either mock. */
const issuedTo = (role: string): string[] =>
  [lasting, fleeting].flatMap(({ aws }) =>
    aws
      .issued()
      .filter(({ arn }) => arn.includes(`/${role}/`))
      .map(({ accessKeyId }) => accessKeyId),
  );

async function programmedOf(policy: string): Promise<{ said: string; message: string }> {
  const object = await fixture.get(`${policies}/${policy}`);
  const conditions = (object?.['status']?.conditions ?? []) as Record<string, string>[];
  const {
    status = '',
    reason = '',
    message = '',
  } = conditions.find(({ type }) => type === 'Programmed') ?? {};
  return { said: `${status} ${reason}`, message };
}

const untilProgrammed = (policy: string, wanted: string): Promise<string> =>
  waitUntil(
    `${policy}: Programmed=${wanted}`,
    async () => {
      const { said, message } = await programmedOf(policy);
      return said === wanted ? message : undefined;
    },
    { withinMs: 60_000 },
  );

/** How often policies were looked at for their credentials by this process. */
async function looks(): Promise<number> {
  const text = await (await fetch(`${replica.adminUrl}/metrics`)).text();
  const line = /^aigw_controller_reconciles_total\{controller="CredentialRotation".*\} (\d+)$/m.exec(text);
  return Number(line?.[1] ?? 0);
}

async function configText(): Promise<string> {
  const parts = await fixture.list(configSecrets);
  return parts.map(({ data }) => Buffer.from(String(data?.chunk), 'base64').toString()).join('');
}

test('what is exchanged for a policy is in a Secret that goes with it, and in the configuration of the data plane', async () => {
  await fixture.apply(clientYaml() + everything('first', lasting.aws.issuer) + routeYaml('first'));
  const secret = await untilSecret('first', () => true);
  const policy = await fixture.get(`${policies}/first`);
  expect(secret.metadata.ownerReferences).toEqual([
    expect.objectContaining({ kind: 'BackendSecurityPolicy', name: 'first', controller: true }),
  ]);
  expect(secret.metadata.ownerReferences?.[0]).toHaveProperty('uid', Object(policy?.metadata).uid);
  const [issued] = lasting.aws.issued();
  expect(fileOf(secret)).toBe(
    `[default]\naws_access_key_id = ${issued?.accessKeyId}\naws_secret_access_key = ${issued?.secretAccessKey}\naws_session_token = ${issued?.sessionToken}\nregion = us-east-1\n`,
  );
  const expiration = secret.metadata.annotations?.['rotators/expiration-time'] ?? '';
  expect(expiration).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(Math.abs(Date.parse(expiration) - (issued?.expiration.getTime() ?? 0))).toBeLessThan(1000);
  await untilProgrammed('first', 'True Programmed');
  const text = await waitUntil('rotated credentials in the configuration', async () => {
    const config = await configText();
    return config.includes(issued?.accessKeyId ?? '-') ? config : undefined;
  });
  expect(text).toContain(mockCredentials.oidcClient.secret);
  expect(issuedTo('first')).toHaveLength(1);
});

test('a controller that starts anew, and one that does not lead, exchange and write nothing', async () => {
  const before = await secretOf('first');
  await replica.program.stop();
  replica = await fixture.startReplica('rotation-b', mockAwsEnvironment(lasting.url).sts);
  const standby = await fixture.startReplica('rotation-standby', mockAwsEnvironment(lasting.url).sts);
  await waitUntil('the policy looked at', async () => (await looks()) > 0);
  await fixture.apply(everything('second', lasting.aws.issuer));
  await untilSecret('second', () => true);
  expect(await secretOf('first')).toEqual(before);
  expect(issuedTo('first')).toHaveLength(1);
  expect(issuedTo('second')).toHaveLength(1);
  expect(standby.program.log()).not.toContain('leading');
  await standby.program.stop();
});

test('another role and another client secret count at once; a failure is said, and heals', async () => {
  await fixture.apply(policyYaml('first', lasting.aws.issuer, 'promoted'));
  const promoted = await untilSecret('first', (secret) => issuedTo('promoted').includes(keyOf(secret)));
  await fixture.apply(clientYaml('wrong-secret-canary'));
  const message = await untilProgrammed('first', 'Unknown CredentialsNotRenewed');
  expect(message).toMatch(
    /^Since \S+Z the credentials have not been renewed: no token of the OIDC issuer: 127\.0\.0\.1:\d+ answered with status 401 invalid_client\./,
  );
  expect(message).not.toContain('canary');
  expect(await secretOf('first')).toEqual(promoted);
  await fixture.apply(clientYaml());
  await untilProgrammed('first', 'True Programmed');
  // What was exchanged before is good again.
  expect(await secretOf('first')).toEqual(promoted);
});

test('an issuer that hangs, for more policies than there are workers, delays no other', async () => {
  const { port } = silent.address() as AddressInfo;
  const hanging = Array.from({ length: 8 }, (_, index) => `hanging-${index}`);
  await fixture.apply(hanging.map((name) => everything(name, `http://127.0.0.1:${port}`)).join(''));
  await fixture.apply(everything('prompt', lasting.aws.issuer));
  await untilSecret('prompt', () => true);
  const said = await Promise.all(hanging.map(async (name) => (await programmedOf(name)).said));
  // None of the others has come to its end yet.
  expect(said.filter((text) => text.includes('CredentialsNotRenewed'))).toEqual([]);
  expect(await untilProgrammed('hanging-0', 'Unknown CredentialsNotRenewed')).toContain(
    'did not answer in time',
  );
  await fixture.server.mustKubectl(['delete', 'backendsecuritypolicy', ...hanging]);
});

test('a Secret of somebody else is left alone until it goes', async () => {
  await fixture.apply(
    'apiVersion: v1\nkind: Secret\nmetadata: {name: ai-eg-bsp-taken}\nstringData: {credentials: theirs}\n',
  );
  const theirs = await secretOf('taken');
  await fixture.apply(everything('taken', lasting.aws.issuer));
  expect(await untilProgrammed('taken', 'Unknown CredentialsNotRenewed')).toContain(
    'Secret default/ai-eg-bsp-taken exists and belongs to somebody else',
  );
  expect(await secretOf('taken')).toEqual(theirs);
  expect(issuedTo('taken')).toEqual([]);
  await fixture.server.mustKubectl(['delete', 'secret', 'ai-eg-bsp-taken']);
  await untilSecret('taken', (secret) => keyOf(secret) === issuedTo('taken')[0]);
  await untilProgrammed('taken', 'True Programmed');
});

test('credentials are renewed before they end; while STS fails the last ones stay, and it is said', async () => {
  await replica.program.stop();
  replica = await fixture.startReplica('rotation-c', mockAwsEnvironment(fleeting.url).sts);
  await fixture.apply(everything('short', fleeting.aws.issuer));
  const first = await untilSecret('short', () => true);
  const second = await untilSecret('short', (secret) => keyOf(secret) !== keyOf(first));
  const renewedAt = fleeting.aws.issued().find(({ accessKeyId }) => accessKeyId === keyOf(second))!;
  const endOfFirst = Date.parse(first.metadata.annotations?.['rotators/expiration-time'] ?? '');
  expect(renewedAt.expiration.getTime() - fleetingSeconds * 1000).toBeLessThan(endOfFirst);
  fleeting.aws.setFault('sts', 'service-unavailable');
  const message = await untilProgrammed('short', 'True CredentialsNotRenewed');
  expect(message).toMatch(/ServiceUnavailable.* The last ones are good until \S+Z;/);
  const kept = await secretOf('short');
  expect(await untilProgrammed('short', 'Unknown CredentialsNotRenewed')).toContain('ServiceUnavailable');
  expect(await secretOf('short')).toEqual(kept);
  fleeting.aws.setFault('sts', undefined);
  await untilSecret('short', (secret) => keyOf(secret) !== keyOf(kept));
  await untilProgrammed('short', 'True Programmed');
  expect((await programmedOf('first')).said).toBe('True Programmed');
}, 240_000);

describe('what the ServiceAccount may write', () => {
  const secretOfName = (name: string, metadata: object = {}): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ...metadata },
    stringData: { credentials: 'x' },
  });
  const owned = {
    ownerReferences: [
      { apiVersion: 'aigateway.envoyproxy.io/v1beta1', kind: 'BackendSecurityPolicy', name: 'p', uid: 'u' },
    ],
  };

  test.each([
    { name: 'a Secret of another name', secret: secretOfName('stolen', owned), status: 403 },
    { name: 'a Secret of no policy', secret: secretOfName('ai-eg-bsp-x'), status: 403 },
    { name: 'a Secret of a policy', secret: secretOfName('ai-eg-bsp-x', owned), status: 201 },
  ])('$name: $status', async ({ secret, status }) => {
    const answer = await fixture.asController.request('POST', secrets, secret);
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body['message']).toContain('ValidatingAdmissionPolicy');
  });

  test('nobody’s Secret is taken over or removed', async () => {
    await fixture.apply(
      'apiVersion: v1\nkind: Secret\nmetadata: {name: ai-eg-bsp-mine}\nstringData: {credentials: mine}\n',
    );
    for (const name of ['ai-eg-bsp-mine', 'client']) {
      const path = `${secrets}/${name}`;
      const merge = 'application/merge-patch+json';
      const patched = await fixture.asController.request('PATCH', path, { metadata: owned }, merge);
      expect(patched.status).toBe(403);
      expect((await fixture.asController.request('DELETE', path)).status).toBe(403);
    }
  });
});

test('with proxies beside their Gateways, their configuration may be written as well', async () => {
  const chart = await renderChart(
    ...['--set', 'crds.enabled=false', '--set', 'envoyGateway.proxiesBesideGateways=true'],
  );
  const rules = chart
    .split(/^---\n/m)
    .filter((text) => /^kind: (?:ClusterRole|ValidatingAdmissionPolicy)$/m.test(text));
  await fixture.apply(rules.join('---\n'));
  const secret = (name: string, labels: object): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels },
  });
  const label = { 'aigateway.envoyproxy.io/filter-config': 'part' };
  // The API server takes a moment to go by a new policy.
  await waitUntil(
    'configuration written',
    async () => (await fixture.asController.request('POST', secrets, secret('config', label))).status === 201,
    { withinMs: 30_000 },
  );
  expect((await fixture.asController.request('POST', secrets, secret('other', {}))).status).toBe(403);
  const merge = 'application/merge-patch+json';
  const patch = { metadata: { labels: label } };
  expect((await fixture.asController.request('PATCH', `${secrets}/client`, patch, merge)).status).toBe(403);
});

test('nothing that it does was forbidden to it, and it said no secret', () => {
  const log = replica.program.log();
  expect(log).not.toMatch(/forbidden|ERROR/);
  for (const { secretAccessKey } of fleeting.aws.issued()) expect(log).not.toContain(secretAccessKey);
  expect(log).not.toContain(mockCredentials.oidcClient.secret);
});
