import { mockCredentials, startMockProviders } from '@aigw/mock-providers';
import { stringify } from 'yaml';
import { post } from './clients/http.ts';
import { expectError, expectStatus } from './expect-error.ts';
import { bodyFor, buildAwsResources, dialects } from './fixtures/aws-gateway.ts';
import type { MockProviders } from './fixtures/mocked-gateway.ts';
import type { TestBackend } from './fixtures/resources.ts';
import { findFreePort } from './launchers/free-port.ts';
import { type ProcessGateway, processLauncher } from './launchers/process-launcher.ts';

const configured = { accessKeyId: 'AKCONFIGURED', secretAccessKey: 'configured-secret' };
const own = mockCredentials.aws;
const canary = 'canary-tenant-5d1e';

/** A policy whose requests may bring their own keys, in headers with this prefix. */
function describePolicy(backend: string, fromRequestHeaders: object): string {
  const group = 'aigateway.envoyproxy.io';
  const secretRef = { name: 'configured' };
  return stringify({
    apiVersion: `${group}/v1beta1`,
    kind: 'BackendSecurityPolicy',
    metadata: { name: backend, namespace: 'default' },
    spec: {
      targetRefs: [{ group, kind: 'AIServiceBackend', name: backend }],
      type: 'AWSCredentials',
      awsCredentials: { region: 'us-east-1', credentialsFile: { secretRef } },
      credentialOverride: { fromRequestHeaders },
    },
  });
}

const secret = stringify({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'configured', namespace: 'default' },
  stringData: {
    credentials: `[default]\naws_access_key_id = ${configured.accessKeyId}\naws_secret_access_key = ${configured.secretAccessKey}\n`,
  },
});

let mock: MockProviders;
let gateway: ProcessGateway;
beforeAll(async () => {
  mock = await startMockProviders({ port: await findFreePort() });
  const describe = (name: string): TestBackend => ({ name, schema: { name: 'AWSBedrock' }, port: mock.port });
  const fixed: TestBackend = { ...describe('fixed'), aws: configured };
  const yaml = [
    buildAwsResources([describe('only'), describe('either'), fixed]),
    describePolicy('only', { header: 'x-tenant-', fallbackToConfigured: false }),
    describePolicy('either', {}),
    secret,
  ].join('---\n');
  gateway = await processLauncher.start({ yaml, args: ['--log-level', 'debug'], env: {} });
}, 300_000);
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});

const keys = (prefix: string): Record<string, string> => ({
  [`${prefix}access-key-id`]: own.accessKeyId,
  [`${prefix}secret-access-key`]: own.secretAccessKey,
});

/** The status of each API, and with whose key the last request that came through was signed. */
async function ask(backend: string, headers: Readonly<Record<string, string>>): Promise<string[]> {
  const seen: string[] = [];
  for (const [path] of dialects) {
    mock.clear();
    const { status } = await post(gateway.url + path, bodyFor(backend), headers);
    const sent = mock.requests().at(-1)?.headers ?? [];
    const authorization = sent.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
    seen.push(`${status} ${/Credential=([^/]+)/.exec(authorization)?.[1] ?? 'not sent'}`);
  }
  return seen;
}

test.each([
  ['only', 'x-tenant-'],
  ['either', 'x-aigw-aws-'],
])("a request's own keys sign it, and go no further: %s", async (backend, prefix) => {
  const headers = keys(prefix);
  for (const [path] of dialects) {
    for (const stream of [false, true]) {
      mock.clear();
      expectStatus(await post(gateway.url + path, bodyFor(backend, { stream }), headers), 200);
      const [request] = mock.requests();
      const names = request!.headers.map(([name]) => name.toLowerCase());
      expect(names.filter((name) => name.startsWith(prefix))).toEqual([]);
      expect(JSON.stringify(request)).not.toContain(own.secretAccessKey);
    }
  }
});

test('without any they are refused, or signed as configured, as the policy says', async () => {
  expect(await ask('only', {})).toEqual(['401 not sent', '401 not sent']);
  // The mock knows no such key.
  expect(await ask('either', {})).toEqual(['403 AKCONFIGURED', '403 AKCONFIGURED']);
});

test.each(['only', 'either'])('a part of them is a 401 in both dialects: %s', async (backend) => {
  const prefix = backend === 'only' ? 'x-tenant-' : 'x-aigw-aws-';
  const { [`${prefix}access-key-id`]: id = '' } = keys(prefix);
  for (const [path, dialect] of dialects) {
    mock.clear();
    const headers = { [`${prefix}access-key-id`]: id, [`${prefix}session-token`]: canary };
    const answer = await post(gateway.url + path, bodyFor(backend), headers);
    expect(expectError(answer, dialect, 401)).toContain('secret access key');
    expect(answer.text).not.toContain(canary);
    expect(mock.requests()).toEqual([]);
  }
});

test('a client cannot bring keys to a backend that does not ask for them, and no backend sees them', async () => {
  const headers = { ...keys('x-aigw-aws-'), ...keys('x-tenant-') };
  expect(await ask('fixed', headers)).toEqual(['403 AKCONFIGURED', '403 AKCONFIGURED']);
  expect(JSON.stringify(mock.requests())).not.toContain(own.secretAccessKey);
});

test('none of it is in the logs', () => {
  for (const text of [own.secretAccessKey, canary]) expect(gateway.logs()).not.toContain(text);
});
