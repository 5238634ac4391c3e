import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { post } from './clients/http.ts';
import { getUnix } from './clients/unix-http.ts';
import {
  assumeRoleBackend,
  defaultChainBackend,
  oidcBackend,
  roleArn,
  webIdentityBackend,
} from './fixtures/aws-backends.ts';
import {
  type AwsGateway,
  bodyFor,
  buildAwsResources,
  dialects,
  podIdentityEnvironment,
  startAwsGateway,
} from './fixtures/aws-gateway.ts';
import type { TestBackend } from './fixtures/resources.ts';
import { waitUntil } from './wait-until.ts';

const canary = (name: string): string => `canary7d1e-${name}`;
const staticKeys = {
  accessKeyId: canary('static-id'),
  secretAccessKey: canary('static-secret'),
  sessionToken: canary('session-token'),
};
const baseKeys = { accessKeyId: canary('base-id'), secretAccessKey: canary('base-secret') };
const oidcClient = { id: 'client', secret: canary('oidc-secret') };
const keys = {
  openai: canary('openai-key'),
  anthropic: canary('anthropic-key'),
  bedrock: canary('bedrock-key'),
};
const clientHeaders = {
  authorization: `Bearer ${canary('client-bearer')}`,
  'x-api-key': canary('client-key'),
  'api-key': canary('client-api-key'),
  cookie: `session=${canary('client-cookie')}`,
};

const describeBackends = (port: number, issuer: string): TestBackend[] => [
  { name: 'static', schema: { name: 'AWSBedrock' }, port, aws: staticKeys },
  assumeRoleBackend('assumed', port, { keys: baseKeys }),
  // Its long-lived keys are wrong, so that AWS's own refusal passes through everything.
  assumeRoleBackend('refused', port, { keys: { ...baseKeys, accessKeyId: canary('unknown-id') } }),
  webIdentityBackend('web', port),
  defaultChainBackend('pod', port),
  oidcBackend('oidc', port, { issuer, client: oidcClient }),
  oidcBackend('oidc-refused', port, { issuer, client: { ...oidcClient, id: 'another' } }),
  { name: 'openai', schema: { name: 'OpenAI' }, port, apiKey: keys.openai },
  { name: 'anthropic', schema: { name: 'Anthropic' }, port, anthropicApiKey: keys.anthropic },
  { name: 'bearer', schema: { name: 'AWSBedrock' }, port, apiKey: keys.bedrock },
];
const served = ['static', 'assumed', 'web', 'pod', 'oidc', 'openai', 'anthropic', 'bearer'];
const refused = ['refused', 'oidc-refused'];

let running: AwsGateway;
/** Everything that clients were told. */
const answers: string[] = [];

async function ask(
  backend: string,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<number[]> {
  const statuses: number[] = [];
  for (const [path] of dialects) {
    for (const stream of [false, true]) {
      const body = bodyFor(backend, { stream, ...more });
      const sent = post(running.gateway.url + path, body, { ...clientHeaders, ...headers });
      const answer = await sent.catch(() => undefined); // a provider's reset breaks a stream
      answers.push(`${answer?.text ?? ''}\n${JSON.stringify([...(answer?.headers ?? [])])}`);
      statuses.push(answer?.status ?? 0);
    }
  }
  return statuses;
}

beforeAll(async () => {
  running = await startAwsGateway({
    mock: {
      credentials: [staticKeys, baseKeys],
      oidcClient,
      openaiApiKeys: [keys.openai],
      anthropicApiKeys: [keys.anthropic],
      bedrockApiKeys: [keys.bedrock],
      roles: { [roleArn('oidc')]: { subject: oidcClient.id } },
    },
    backends: ({ port, aws }) => describeBackends(port, aws.issuer),
    env: (url, tokens) => ({
      AWS_WEB_IDENTITY_TOKEN_FILE: tokens.webIdentity,
      ...podIdentityEnvironment(url, tokens),
    }),
    args: ['--log-level', 'debug'],
  });
}, 300_000);
afterAll(() => running.stop());

/** The secret parts of what the mock gave out: keys, session tokens, signatures of tokens that it saw. */
function findIssuedSecrets(): string[] {
  const { mock } = running;
  const sessions = mock.aws
    .issued()
    .flatMap(({ secretAccessKey, sessionToken }) => [secretAccessKey, sessionToken]);
  const tokens = mock
    .requests()
    .flatMap(({ body, headers }) => [body.toString('utf8'), ...headers.map(([, value]) => value)])
    .flatMap((text) => text.match(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{300,}/g) ?? [])
    .map((token) => token.slice(token.lastIndexOf('.') + 1));
  const basic = Buffer.from(`${oidcClient.id}:${oidcClient.secret}`).toString('base64');
  return [...new Set([...sessions, ...tokens, basic])];
}

/** Every text that an operator can come to see, by where it comes from. */
async function readEverything(): Promise<Map<string, string>> {
  const { gateway } = running;
  const texts = new Map([
    ['logs', gateway.logs()],
    ['answers', answers.join('\n')],
  ]);
  for (const path of ['/', '/metrics', '/health', '/ready', '/config', '/debug']) {
    texts.set(`aigw admin ${path}`, await (await fetch(gateway.adminUrl + path)).text());
  }
  const sockets = readdirSync(gateway.temporaryFolder, { recursive: true, encoding: 'utf8' });
  const findSocket = (name: string): string =>
    join(
      gateway.temporaryFolder,
      sockets.find((path) => path.endsWith(name))!,
    );
  for (const path of ['/', '/metrics', '/health', '/config']) {
    texts.set(`extproc admin ${path}`, await getUnix(findSocket('extproc-admin.sock'), path));
  }
  for (const path of [
    '/config_dump?include_eds',
    '/stats',
    '/clusters',
    '/listeners',
    '/server_info',
    '/certs',
  ]) {
    texts.set(`Envoy ${path}`, await getUnix(findSocket('envoy-admin.sock'), path));
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      texts.set(`arguments of ${pid}`, readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    } catch {
      // It has ended meanwhile.
    }
  }
  return texts;
}

async function expectNoSecret(): Promise<void> {
  const texts = await readEverything();
  const secrets = ['canary7d1e', ...findIssuedSecrets()];
  const leaks = [...texts].flatMap(([where, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${where}: …${around(text, secret)}…`),
  );
  expect(leaks).toEqual([]);
}

const around = (text: string, secret: string): string => {
  const at = text.indexOf(secret);
  return text.slice(Math.max(0, at - 80), at + Math.min(secret.length, 40) + 40);
};

test('every secret is used: what the providers see', async () => {
  for (const backend of served) {
    expect([backend, ...(await ask(backend))]).toEqual([backend, 200, 200, 200, 200]);
  }
  const seen = JSON.stringify(
    running.mock.requests().map(({ headers, body }) => [headers, body.toString('utf8')]),
  );
  for (const secret of [
    staticKeys.accessKeyId,
    staticKeys.sessionToken,
    baseKeys.accessKeyId,
    keys.openai,
    keys.anthropic,
    keys.bedrock,
  ]) {
    expect(seen).toContain(secret);
  }
  expect(
    seen.includes(oidcClient.secret) ||
      seen.includes(Buffer.from(`client:${oidcClient.secret}`).toString('base64')),
  ).toBe(true);
  expect(findIssuedSecrets().length).toBeGreaterThan(10);
});

test('no secret of a gateway that works is to be seen anywhere', async () => {
  await expectNoSecret();
  // What is searched is what it should be.
  const texts = await readEverything();
  const expected: [string, RegExp][] = [
    ['logs', /\[info\]\[main\]/],
    ['logs', /extproc/],
    ['answers', /chat\.completion/],
    ['Envoy /config_dump?include_eds', /ext_proc/],
    ['aigw admin /metrics', /^envoy_/m],
    ['extproc admin /metrics', /^gen_ai_/m],
    [`arguments of ${running.gateway.pid}`, /aigw/],
  ];
  const missing = expected.filter(([where, pattern]) => !pattern.test(texts.get(where) ?? ''));
  expect(missing).toEqual([]);
});

test('nor of one whose credentials are refused, whose providers fail and whose files are wrong', async () => {
  const { gateway, mock } = running;
  for (const backend of refused) expect(await ask(backend)).toEqual([503, 503, 503, 503]);
  for (const backend of served) {
    for (const fault of ['internal', 'html-error', 'throttling', 'reset']) {
      await ask(backend, {}, { 'x-mock-fault': fault });
    }
    await ask(backend, { messages: 'none', max_tokens: -1 });
  }
  mock.setCredentials([]);
  mock.aws.revoke('unrecognized');
  mock.aws.setFault('sts', 'internal');
  mock.aws.setFault('oidc', 'service-unavailable');
  for (const backend of served) await ask(backend);
  const broken = buildAwsResources(
    describeBackends(mock.port, mock.aws.issuer).map((backend) =>
      backend.name === 'static'
        ? { ...backend, aws: { ...staticKeys, accessKeyId: `${canary('broken')}\n[other]` } }
        : backend,
    ),
  );
  gateway.rewrite(broken.replace('name: OpenAI', 'name: OpenIA'));
  await waitUntil('the mistake is reported', () => gateway.logs().includes('spec.schema'));
  gateway.rewrite(broken);
  await waitUntil('the broken file is used', async () => {
    const [status] = await ask('static');
    return status === 503;
  });
  await expectNoSecret();
}, 120_000);
