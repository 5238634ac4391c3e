import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { mockCredentials, type MockProviders, startMockProviders } from '@aigw/mock-providers';

import type { CommandContext } from '../command.ts';
import { diagnose } from './diagnose.ts';
import { parseDoctorOptions } from './doctor-options.ts';
import type { Finding } from './finding.ts';

let mock: MockProviders;
let folder = '';
beforeAll(async () => {
  mock = await startMockProviders();
  folder = await mkdtemp(join(tmpdir(), 'aigw-doctor-'));
});
afterAll(async () => {
  await mock.close();
  await rm(folder, { recursive: true });
});
afterEach(() => mock.clear());

const group = 'aigateway.envoyproxy.io';
interface Setup {
  schema?: string;
  model?: string | undefined;
  /** What the AWS policy says besides its region; with `file`, its Secret. */
  aws?: string;
  file?: string;
  /** An API key of the kind that the schema wants. */
  key?: string;
  address?: string;
  env?: Record<string, string>;
  args?: string[];
}
const fileOf = ({ accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string }) =>
  `[default]\\naws_access_key_id = ${accessKeyId}\\naws_secret_access_key = ${secretAccessKey}\\n`;
const goodFile = fileOf(mockCredentials.aws);

function policyOf({ schema = 'AWSBedrock', aws, file, key }: Setup): string[] {
  const head = `apiVersion: ${group}/v1alpha1, kind: BackendSecurityPolicy, metadata: {name: p}`;
  const targets = `targetRefs: [{group: ${group}, kind: AIServiceBackend, name: b}]`;
  const secret = (name: string, value: string) =>
    `{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {${name}: "${value}"}}`;
  if (key !== undefined) {
    const [type, field] =
      schema === 'Anthropic' ? ['AnthropicAPIKey', 'anthropicAPIKey'] : ['APIKey', 'apiKey'];
    return [
      `{${head}, spec: {${targets}, type: ${type}, ${field}: {secretRef: {name: s}}}}`,
      secret('apiKey', key),
    ];
  }
  const source = file === undefined ? (aws ?? '') : ', credentialsFile: {secretRef: {name: s}}';
  const policy = `{${head}, spec: {${targets}, type: AWSCredentials, awsCredentials: {region: us-east-1${source}}}}`;
  return file === undefined ? [policy] : [policy, secret('credentials', file)];
}

function resourcesOf(setup: Setup): string {
  const { schema = 'AWSBedrock', address = `ip: {address: 127.0.0.1, port: ${mock.port}}` } = setup;
  const model = 'model' in setup ? setup.model : 'us.amazon.nova-micro-v1:0';
  const matches =
    model === undefined ? '' : `matches: [{headers: [{name: x-ai-eg-model, value: "${model}"}]}], `;
  const policies = setup.file ?? setup.aws ?? setup.key;
  return [
    `{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: g}, spec: {gatewayClassName: c, listeners: [{name: http, protocol: HTTP, port: 19750}]}}`,
    `{apiVersion: ${group}/v1alpha1, kind: AIGatewayRoute, metadata: {name: r}, spec: {parentRefs: [{name: g}], rules: [{${matches}backendRefs: [{name: b}]}]}}`,
    `{apiVersion: ${group}/v1alpha1, kind: AIServiceBackend, metadata: {name: b}, spec: {schema: {name: ${schema}}, backendRef: {name: b, kind: Backend, group: gateway.envoyproxy.io}}}`,
    `{apiVersion: gateway.envoyproxy.io/v1alpha1, kind: Backend, metadata: {name: b}, spec: {endpoints: [{${address}}]}}`,
    ...(policies === undefined ? [] : policyOf(setup)),
  ].join('\n---\n');
}

async function examine(setup: Setup): Promise<Finding[]> {
  const path = join(folder, 'resources.yaml');
  await writeFile(path, resourcesOf(setup));
  return run([path, '--port', '0', '--admin-port', '0', ...(setup.args ?? [])], setup.env);
}

function run(args: string[], env: Record<string, string> = {}): Promise<Finding[]> {
  const signal = new AbortController().signal;
  const context: CommandContext = {
    env: { AWS_ENDPOINT_URL_STS: mock.url, PATH: folder, XDG_CACHE_HOME: folder, ...env },
    readStdin: () => Promise.resolve(''),
    readStdinBytes: () => Promise.resolve(new Uint8Array()),
    print: () => undefined,
    note: () => undefined,
    stop: signal,
    kill: signal,
  };
  return diagnose(parseDoctorOptions(args), context);
}

/** What concerns the resources: no Envoy can be found here. */
const without = (findings: Finding[], ...names: string[]) =>
  findings.filter(({ check }) => !['envoy', ...names].includes(check));
const find = (findings: Finding[], name: string) => findings.filter(({ check }) => check === name);

test('all is well: who, which region, which model, in the order of the report', async () => {
  const findings = without(await examine({ file: goodFile }));
  expect(findings.map(({ check, status }) => `${check} ${status}`)).toEqual(
    ['node', 'resources', 'port', 'region', 'credentials', 'endpoint', 'clock', 'model'].map(
      (name) => `${name} ok`,
    ),
  );
  expect(find(findings, 'credentials')[0]).toMatchObject({
    subject: 'default/p',
    message: 'arn:aws:iam::123456789012:user/mock, without an end',
  });
  expect(find(findings, 'region')[0]?.message).toBe('us-east-1');
  expect(find(findings, 'model')[0]?.subject).toBe('us.amazon.nova-micro-v1:0 at default/b');
});

test.each([
  [
    'AWSBedrock',
    { file: goodFile },
    '/model/us.amazon.nova-micro-v1%3A0/converse',
    { inferenceConfig: { maxTokens: 1 } },
  ],
  [
    'AWSAnthropic',
    { file: goodFile, model: 'anthropic.claude-3-haiku-20240307-v1:0' },
    '/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke',
    { max_tokens: 1 },
  ],
  [
    'Anthropic',
    { key: mockCredentials.anthropicApiKey, model: 'claude-sonnet-4-5' },
    '/v1/messages',
    { max_tokens: 1 },
  ],
  [
    'OpenAI',
    { key: mockCredentials.openaiApiKey, model: 'gpt-4o-mini' },
    '/v1/chat/completions',
    { max_tokens: 1 },
  ],
])('%s: one call, of one token', async (schema, setup, path, body) => {
  const findings = await examine({ schema, ...setup });
  expect(find(findings, 'model')).toEqual([expect.objectContaining({ status: 'ok' })]);
  const calls = mock.requests().filter(({ method, path: target }) => method === 'POST' && target !== '/');
  expect(calls.map(({ path: target }) => decodeURIComponent(target))).toEqual([decodeURIComponent(path)]);
  expect(JSON.parse(Buffer.from(calls[0]?.body ?? '').toString())).toMatchObject(body);
});

const canary = 'canary7f3acanary7f3acanary7f3acanary7f3a';
test.each<[string, Setup, string, Finding['status'], RegExp, RegExp]>([
  [
    'a secret key that is not the one',
    { file: fileOf({ ...mockCredentials.aws, secretAccessKey: canary }) },
    'credentials',
    'fail',
    /SignatureDoesNotMatch/,
    /secret key does not belong/,
  ],
  [
    'the same, at the model',
    { file: fileOf({ ...mockCredentials.aws, secretAccessKey: canary }) },
    'model',
    'fail',
    /HTTP 403: InvalidSignatureException/,
    /copy access key/,
  ],
  [
    'an access key that nobody has',
    { file: fileOf({ accessKeyId: 'AKIANOBODYNOBODYNOBO', secretAccessKey: canary }) },
    'credentials',
    'fail',
    /InvalidClientTokenId/,
    /does not exist/,
  ],
  [
    'placeholders',
    { file: fileOf({ accessKeyId: 'AWS_ACCESS_KEY_ID', secretAccessKey: 'AWS_SECRET_ACCESS_KEY' }) },
    'credentials',
    'fail',
    /placeholder/,
    /--mock/,
  ],
  [
    'a file without keys',
    { file: '[default]\\nregion = x\\n' },
    'credentials',
    'fail',
    /has no aws_access_key_id/,
    /complete the section/,
  ],
  [
    'no policy at all',
    {},
    'credentials',
    'fail',
    /none/,
    /BackendSecurityPolicy that targets AIServiceBackend default\/b/,
  ],
  [
    'an STS that cannot be asked',
    { file: goodFile, env: { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' } },
    'credentials',
    'warn',
    /are there, without an end, but STS does not say whose/,
    /reach STS/,
  ],
  [
    'a key that is a placeholder',
    { schema: 'Anthropic', key: 'ANTHROPIC_API_KEY' },
    'credentials',
    'fail',
    /placeholder/,
    /--mock/,
  ],
  [
    'a key that is wrong',
    { schema: 'OpenAI', key: canary, model: 'gpt-4o-mini' },
    'model',
    'fail',
    /HTTP 401/,
    /valid API key/,
  ],
  [
    'a model that the account may not use',
    { file: goodFile, model: 'amazon.denied-v1:0' },
    'model',
    'fail',
    /AccessDenied/,
    /allow bedrock:InvokeModel/,
  ],
  [
    'a model that there is not',
    { file: goodFile, model: 'amazon.unknown-v1:0' },
    'model',
    'fail',
    /HTTP 404/,
    /correct the model's name/,
  ],
  [
    'a model whose name is none',
    { file: goodFile, model: 'a b' },
    'model',
    'fail',
    /identifier is invalid/,
    /correct the model id/,
  ],
  [
    'a provider that throttles',
    { file: goodFile, model: 'us.amazon.nova-micro-v1:0--fault-throttling' },
    'model',
    'warn',
    /HTTP 429/,
    /more quota/,
  ],
  [
    'a provider that is down',
    { file: goodFile, model: 'us.amazon.nova-micro-v1:0--fault-service-unavailable' },
    'model',
    'warn',
    /HTTP 503/,
    /try later/,
  ],
  [
    'a provider that hangs',
    { file: goodFile, model: 'us.amazon.nova-micro-v1:0--fault-hang', args: ['--timeout', '0.5'] },
    'model',
    'fail',
    /no answer within 0.5 s/,
    /--timeout/,
  ],
  [
    'nobody there',
    { file: goodFile, address: 'ip: {address: 127.0.0.1, port: 1}' },
    'endpoint',
    'fail',
    /nothing listens on 127.0.0.1:1/,
    /start the server/,
  ],
  [
    'nobody who says the time',
    { file: goodFile, address: 'ip: {address: 127.0.0.1, port: 1}' },
    'clock',
    'warn',
    /not compared/,
    /endpoints/,
  ],
  ['no model in the rule', { file: goodFile, model: undefined }, 'model', 'warn', /not tried/, /--model/],
  [
    'a model of another region',
    { file: goodFile, model: 'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.x' },
    'region',
    'fail',
    /requests go to us-east-1, but .* is in eu-west-1/,
    /host is in eu-west-1/,
  ],
  [
    'a reference to nothing',
    { file: goodFile, address: 'ip: {address: nowhere, port: 1}' },
    'resources',
    'fail',
    /Backend default\/b/,
    /correct .*resources\.yaml:\d+; then run aigw doctor again/,
  ],
])('%s', async (_name, setup, ...[check, status, message, fix]) => {
  const findings = await examine(setup);
  const [finding] = find(findings, check);
  expect(finding).toMatchObject({
    status,
    message: expect.stringMatching(message),
    fix: expect.stringMatching(fix),
  });
  expect(JSON.stringify(findings)).not.toContain('canary');
});

test('where requests bring their own credentials there are none to check, and no model to ask', async () => {
  const path = join(folder, 'own.yaml');
  const override = 'credentialOverride: {fromRequestHeaders: {fallbackToConfigured: false}}';
  const yaml = resourcesOf({ aws: '' })
    .replaceAll('v1alpha1, kind: BackendSecurityPolicy', 'v1beta1, kind: BackendSecurityPolicy')
    .replace('type: AWSCredentials', `${override}, type: AWSCredentials`);
  await writeFile(path, yaml);
  const findings = await run([path, '--port', '0', '--admin-port', '0']);
  expect(find(findings, 'credentials')).toEqual([
    expect.objectContaining({ status: 'ok', message: expect.stringContaining('requests bring their own') }),
  ]);
  expect(find(findings, 'model')).toEqual([]);
});

test('--model is asked where the rules name none', async () => {
  const findings = await examine({
    file: goodFile,
    model: undefined,
    args: ['--model', 'us.amazon.nova-lite-v1:0'],
  });
  expect(find(findings, 'model')).toEqual([
    expect.objectContaining({ status: 'ok', subject: 'us.amazon.nova-lite-v1:0 at default/b' }),
  ]);
});

test('the environment without anything says what to set', async () => {
  expect(find(await run([]), 'resources')).toEqual([
    expect.objectContaining({ status: 'fail', message: expect.stringContaining('OPENAI_API_KEY') }),
  ]);
});

test('with --mock nothing is needed, and every model answers', async () => {
  const findings = without(await run(['--mock', '--port', '0', '--admin-port', '0']));
  expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(find(findings, 'model')).toHaveLength(3);
});
