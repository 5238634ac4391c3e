import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockAwsEnvironment, mockCredentials, startMockProviders } from '@aigw/mock-providers';
import { allBackends, describeBackends, models, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { buildResources, type TestBackend } from './fixtures/resources.ts';
import { neutralEnvironment, runAigw } from './launchers/process-launcher.ts';

interface Check {
  readonly check: string;
  readonly subject?: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly message: string;
  readonly fix?: string;
}
interface Report {
  readonly version: number;
  readonly status: Check['status'];
  readonly checks: readonly Check[];
}

const folder = mkdtempSync(join(tmpdir(), 'aigw-e2e-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let mock: Awaited<ReturnType<typeof startMockProviders>>;
beforeAll(async () => {
  mock = await startMockProviders({ credentialLifetimeSeconds: 600 });
});
afterAll(() => mock.close());

const ports = ['--port', '0', '--admin-port', '0'];
const canary = 'canary/7f3a+canary/7f3a+canary/7f3a+0000';

async function examine(
  yaml: string,
  { args = ports, env = {} }: { args?: string[]; env?: Record<string, string> } = {},
): Promise<{ code: number | null; report: Report; said: string }> {
  const path = join(folder, 'gateway.yaml');
  writeFileSync(path, yaml);
  const { code, stdout, stderr } = await runAigw(['doctor', '--json', ...args, path], {
    env: { ...neutralEnvironment(), ...mockAwsEnvironment(mock.url).sts, ...env },
  });
  return { code, report: JSON.parse(stdout) as Report, said: stdout + stderr };
}
const find = ({ checks }: Report, name: string): readonly Check[] =>
  checks.filter(({ check }) => check === name);

/** Nova behind Bedrock, with this policy in place of the mock's keys. */
const bedrock = (awsCredentials: object, secret?: Record<string, string>): string => {
  const policy = {
    spec: { type: 'AWSCredentials', awsCredentials: { region: 'us-east-1', ...awsCredentials } },
    ...(secret === undefined ? {} : { secret }),
  };
  const backend: TestBackend = { name: 'b', schema: { name: 'AWSBedrock' }, port: mock.port, policy };
  return buildResources([backend], [{ models: [models.llama], backends: [{ name: 'b' }] }]);
};

test('everything is in order: every check, and a model behind each kind of backend', async () => {
  const { code, report } = await examine(await allBackends(mock.port));
  expect(report.checks.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect([code, report.version, report.status]).toEqual([0, 1, 'ok']);
  expect(find(report, 'envoy')[0]?.message).toMatch(/^1\.\d+\.\d+, by /);
  expect(find(report, 'model').map(({ subject }) => subject?.split(' ')[0])).toEqual(
    expect.arrayContaining(Object.values(models)),
  );
  expect(find(report, 'credentials').map(({ message }) => message)).toContain(
    'arn:aws:iam::123456789012:user/mock, without an end',
  );
});

test('the text has a line per check, with the fix below what failed', async () => {
  const { code, stdout } = await runAigw(['doctor', ...ports, 'no-such-file.yaml']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ok {4}node {9}\d+\.\d+\.\d+$/m);
  expect(stdout).toMatch(/^fail {2}resources {4}.*no-such-file\.yaml.*\n {19}fix: .+$/m);
});

describe('where AWS credentials come from', () => {
  const role = 'arn:aws:iam::123456789012:role/gateway';
  const { accessKeyId, secretAccessKey } = mockCredentials.aws;
  const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };

  test('the environment', async () => {
    const { report } = await examine(bedrock({}), { env: keys });
    expect(find(report, 'credentials')[0]).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('user/mock'),
    });
    expect(find(report, 'model')[0]?.status).toBe('ok');
  });

  test('a role, assumed with them; it is told until when, and that it is renewed', async () => {
    const { report } = await examine(bedrock({ oidcConfig: { roleArn: role } }), { env: keys });
    expect(find(report, 'credentials')[0]).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/assumed-role\/gateway.*until .*\(10 min\), renewed/),
    });
    expect(find(report, 'model')[0]?.status).toBe('ok');
  });

  test('a web identity token, as IRSA has it', async () => {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, mock.aws.createToken());
    const env = { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_REGION: 'us-east-1' };
    const { report } = await examine(bedrock({}), { env });
    expect(find(report, 'credentials')[0]).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('assumed-role/gateway'),
    });
  });

  test('a token file that is not there', async () => {
    const env = {
      AWS_ROLE_ARN: role,
      AWS_WEB_IDENTITY_TOKEN_FILE: '/no/such/token',
      AWS_REGION: 'us-east-1',
    };
    const { code, report } = await examine(bedrock({ oidcConfig: { roleArn: role } }), { env });
    expect(find(report, 'credentials')[0]).toMatchObject({
      status: 'fail',
      fix: expect.stringMatching(/missing/),
    });
    expect(code).toBe(1);
  });

  test('none at all', async () => {
    const env = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: '/none',
      AWS_CONFIG_FILE: '/none',
    };
    const { code, report } = await examine(bedrock({}), { env });
    expect(find(report, 'credentials')[0]).toMatchObject({
      status: 'fail',
      fix: expect.stringMatching(/AWS_PROFILE/),
    });
    expect(find(report, 'model')[0]).toMatchObject({
      status: 'fail',
      fix: expect.stringMatching(/credentials/),
    });
    expect(code).toBe(1);
  });

  test('an STS that hangs keeps nobody longer than it may', async () => {
    const hung = createServer(() => undefined);
    await new Promise<void>((resolve) => hung.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hung.address() as AddressInfo).port}`;
    try {
      const start = performance.now();
      const { code, report } = await examine(bedrock({ oidcConfig: { roleArn: role } }), {
        args: [...ports, '--timeout', '1'],
        env: { ...keys, AWS_ENDPOINT_URL_STS: url },
      });
      expect(performance.now() - start).toBeLessThan(20_000);
      expect(find(report, 'credentials')[0]).toMatchObject({
        status: 'fail',
        message: 'no answer within 1 s',
      });
      expect(code).toBe(1);
    } finally {
      hung.close();
    }
  });
});

test('keys that AWS refuses: what it says, what to do, and nothing of the keys', async () => {
  const backends = describeBackends(mock.port).map((backend) => ({
    ...backend,
    ...(backend.aws === undefined ? {} : { aws: { ...backend.aws, secretAccessKey: canary } }),
    ...(backend.apiKey === undefined ? {} : { apiKey: `${canary}-openai` }),
    ...(backend.anthropicApiKey === undefined ? {} : { anthropicApiKey: `${canary}-anthropic` }),
  }));
  const rules = [
    { models: [models.llama], backends: [{ name: 'bedrock' }] },
    { models: [models.anthropic], backends: [{ name: 'anthropic' }] },
    { models: [models.openai], backends: [{ name: 'openai' }] },
  ];
  const { code, report, said } = await examine(buildResources(backends, rules));
  expect(code).toBe(1);
  expect(find(report, 'credentials')).toContainEqual(
    expect.objectContaining({
      status: 'fail',
      message: 'AWS refuses the credentials: SignatureDoesNotMatch',
    }),
  );
  const [first, second, third] = find(report, 'model');
  expect([first?.message, second?.message, third?.message]).toEqual([
    expect.stringContaining('HTTP 403: InvalidSignatureException'),
    expect.stringContaining('HTTP 401: authentication_error'),
    expect.stringContaining('HTTP 401: invalid_api_key'),
  ]);
  expect(said).not.toContain('canary');
});

describe('next to a gateway that runs', () => {
  const running = useMockedGateway();

  test('its ports are in use, by one of ours', async () => {
    const { port } = new URL(running.gateway.url);
    const { port: adminPort } = new URL(running.gateway.adminUrl);
    const { report } = await examine(await allBackends(mock.port), {
      args: ['--port', port, '--admin-port', adminPort],
    });
    expect(find(report, 'port').map(({ status, message }) => [status, message])).toEqual([
      ['warn', expect.stringContaining('an aigw runs here')],
      ['warn', expect.stringContaining('an aigw runs here')],
    ]);
  });
});
