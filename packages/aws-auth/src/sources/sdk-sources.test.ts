import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { AwsAuthError } from '../errors.ts';
import { createAssumeRoleSource } from './assume-role.ts';
import { createDefaultChainSource } from './default-chain.ts';
import { createRoleSource } from './role.ts';
import { createStaticFileSource } from './static-file.ts';
import { createWebIdentitySource } from './web-identity.ts';

const roleArn = 'arn:aws:iam::123456789012:role/gateway';
const region = 'us-west-2';

let sts: Server;
let folder = '';
/** Instead of credentials. */
let answer: { status: number; body: string } | undefined;
let calls: { form: URLSearchParams; authorization: string }[] = [];
const before = { ...process.env };

beforeAll(async () => {
  sts = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      calls.push({ form, authorization: request.headers.authorization ?? '' });
      response.writeHead(answer?.status ?? 200, { 'content-type': 'text/xml' });
      response.end(answer?.body ?? buildStsAnswer(form));
    });
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'aigw-sts-'));
});
afterAll(async () => {
  await new Promise((resolve) => sts.close(resolve));
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  calls = [];
  answer = undefined;
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
  process.env['AWS_ENDPOINT_URL_STS'] = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
  process.env['AWS_CONFIG_FILE'] = join(folder, 'no-config');
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'no-credentials');
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
});
afterEach(() => {
  process.env = { ...before };
});

function buildStsAnswer(form: URLSearchParams): string {
  const action = form.get('Action') ?? '';
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>
    <AccessKeyId>ASIA${action}</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey>
    <SessionToken>role-token</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>
    </Credentials></${action}Result></${action}Response>`;
}

function expectRole(credentials: unknown, action: string): void {
  expect(credentials).toEqual({
    accessKeyId: `ASIA${action}`,
    secretAccessKey: 'role-secret',
    sessionToken: 'role-token',
    expiration: new Date('2100-01-01T00:00:00Z'),
  });
}

test('the default chain reads the environment', async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKENV',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_SESSION_TOKEN: 't',
  });
  expect(await createDefaultChainSource()()).toEqual({
    accessKeyId: 'AKENV',
    secretAccessKey: 's',
    sessionToken: 't',
  });
});

test('a default chain without credentials says so', async () => {
  await expect(createDefaultChainSource()()).rejects.toMatchObject({
    code: 'credentials_unavailable',
    message: expect.stringContaining('no AWS credentials'),
  });
});

test('a role is assumed with other credentials', async () => {
  const master = () => Promise.resolve({ accessKeyId: 'AKMASTER', secretAccessKey: 's' });
  expectRole(await createAssumeRoleSource({ roleArn, region, master })(), 'AssumeRole');
  expect(calls).toHaveLength(1);
  expect(calls[0]?.form.get('RoleArn')).toBe(roleArn);
  expect(calls[0]?.form.get('RoleSessionName')).toBe('ai-gateway');
  expect(calls[0]?.authorization).toContain(`Credential=AKMASTER/`);
  expect(calls[0]?.authorization).toContain(`/${region}/sts/`);
});

test('a role is assumed with an external id, tags and a name of the session', async () => {
  const master = () => Promise.resolve({ accessKeyId: 'AKMASTER', secretAccessKey: 's' });
  const sessionTags = [
    { key: 'team', value: 'search' },
    { key: 'stage', value: 'prod' },
  ];
  const source = createAssumeRoleSource({
    roleArn,
    region,
    master,
    externalId: 'partner-7',
    sessionTags,
    sessionName: 'gw',
  });
  expectRole(await source(), 'AssumeRole');
  const form = Object.fromEntries(calls[0]?.form ?? []);
  expect(form).toMatchObject({
    ExternalId: 'partner-7',
    RoleSessionName: 'gw',
    'Tags.member.1.Key': 'team',
    'Tags.member.1.Value': 'search',
    'Tags.member.2.Key': 'stage',
    'Tags.member.2.Value': 'prod',
  });
});

test('what keeps the master credentials away is told as it is', async () => {
  const error = new AwsAuthError('invalid_credentials_file', 'the AWS credentials file has no section [x]');
  const master = () => Promise.reject(error);
  await expect(createAssumeRoleSource({ roleArn, region, master })()).rejects.toBe(error);
});

test('a web identity token is read again for each fetch', async () => {
  const tokenFile = join(folder, 'token');
  const source = createWebIdentitySource({ roleArn, tokenFile, region });
  await writeFile(tokenFile, 'jwt-one');
  expectRole(await source(), 'AssumeRoleWithWebIdentity');
  await writeFile(tokenFile, 'jwt-two');
  await source();
  expect(calls.map(({ form }) => form.get('WebIdentityToken'))).toEqual(['jwt-one', 'jwt-two']);
});

test("a role uses the pod's token when there is one, and else the default chain", async () => {
  const tokenFile = join(folder, 'pod-token');
  await writeFile(tokenFile, 'jwt-pod');
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: 's' });
  const source = createRoleSource({ roleArn, region });
  expectRole(await source(), 'AssumeRole');
  process.env['AWS_WEB_IDENTITY_TOKEN_FILE'] = tokenFile;
  expectRole(await source(), 'AssumeRoleWithWebIdentity');
  expect(calls[1]?.form.get('WebIdentityToken')).toBe('jwt-pod');
});

test('a section with role_arn assumes the role with the keys of its source profile', async () => {
  const text = `[base]\naws_access_key_id=AKBASE\naws_secret_access_key=s\n[app]\nrole_arn=${roleArn}\nsource_profile=base\nrole_session_name=n`;
  expectRole(await createStaticFileSource({ text, profile: 'app', region })(), 'AssumeRole');
  expect(calls[0]?.authorization).toContain('Credential=AKBASE/');
});

test('an STS that refuses is an error without credentials in it', async () => {
  process.env['AWS_ENDPOINT_URL_STS'] = 'http://127.0.0.1:1';
  process.env['AWS_MAX_ATTEMPTS'] = '1';
  const master = () => Promise.resolve({ accessKeyId: 'AK', secretAccessKey: 'canary-55d0' });
  const failure: unknown = await createAssumeRoleSource({ roleArn, region, master })().catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: 'credentials_unavailable' });
  expect((failure as Error).message).not.toContain('canary');
});

test("only the first line of AWS's answer is told: what follows may quote the request with its session token", async () => {
  answer = {
    status: 403,
    body: `<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match.
x-amz-security-token:canary-8e1f</Message></Error></ErrorResponse>`,
  };
  process.env['AWS_MAX_ATTEMPTS'] = '1';
  const master = () =>
    Promise.resolve({ accessKeyId: 'AK', secretAccessKey: 's', sessionToken: 'canary-8e1f' });
  const failure: unknown = await createAssumeRoleSource({ roleArn, region, master })().catch(
    (error: unknown) => error,
  );
  expect((failure as Error).message).toBe(
    'no AWS credentials: SignatureDoesNotMatch: The signature does not match.',
  );
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('canary');
});

test.each(['http:', 'https:'])(
  'STS behind %s is asked through the proxy that the environment names',
  async (scheme) => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.writeHead(200, { 'content-type': 'text/xml' });
      request
        .resume()
        .on('end', () => response.end(buildStsAnswer(new URLSearchParams('Action=AssumeRole'))));
    });
    proxy.on('connect', (request, socket) => {
      asked.push(`CONNECT ${request.url ?? ''}`);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    process.env['AI_GATEWAY_STS_PROXY_URL'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    process.env['AWS_ENDPOINT_URL_STS'] = `${scheme}//sts.example.com`;
    const master = () => Promise.resolve({ accessKeyId: 'AK', secretAccessKey: 's' });
    const outcome = await createAssumeRoleSource({ roleArn, region, master })().then(
      (credentials) => credentials.accessKeyId,
      (error: unknown) => (AwsAuthError.is(error) ? error.code : 'something else'),
    );
    await new Promise((resolve) => proxy.close(resolve));
    const want = {
      'http:': { outcome: 'ASIAAssumeRole', asked: ['POST http://sts.example.com/'] },
      'https:': { outcome: 'credentials_unavailable', asked: ['CONNECT sts.example.com:443'] },
    }[scheme];
    expect({ outcome, asked: [...new Set(asked)] }).toEqual(want);
  },
);
