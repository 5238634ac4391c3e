import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDefaultChainSource } from './default-chain.ts';

let server: Server;
let url = '';
let home = '';
let calls: { path: string; token: string | undefined }[] = [];
const before = { ...process.env };
const expiration = '2100-01-01T00:00:00Z';

function answerFor(path: string): object {
  if (path.startsWith('/federation/credentials')) {
    const roleCredentials = {
      accessKeyId: 'ASIASSO',
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: Date.parse(expiration),
    };
    return { roleCredentials };
  }
  return { AccessKeyId: 'ASIAPOD', SecretAccessKey: 's', Token: 't', Expiration: expiration };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const { headers, url: path = '' } = request;
    const token = headers.authorization ?? headers['x-amz-sso_bearer_token'];
    calls.push({ path, token: Array.isArray(token) ? token[0] : token });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerFor(path)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  home = await mkdtemp(join(tmpdir(), 'aigw-chain-'));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(home, { recursive: true });
});
beforeEach(() => {
  calls = [];
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, {
    HOME: home,
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});
afterEach(() => {
  process.env = { ...before };
});

test('EKS Pod Identity: the token is read again for each fetch', async () => {
  const tokenFile = join(home, 'token');
  Object.assign(process.env, {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
  });
  const source = createDefaultChainSource('us-east-1');
  for (const token of ['one', 'two']) {
    await writeFile(tokenFile, token);
    expect(await source()).toMatchObject({ accessKeyId: 'ASIAPOD', expiration: new Date(expiration) });
  }
  expect(calls).toEqual([
    { path: '/v1/credentials', token: 'one' },
    { path: '/v1/credentials', token: 'two' },
  ]);
});

test('a profile of the shared files, which are read again for each fetch', async () => {
  process.env['AWS_PROFILE'] = 'dev';
  const source = createDefaultChainSource();
  for (const accessKeyId of ['AKDEV1', 'AKDEV2']) {
    const text = `[dev]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=s\n`;
    await writeFile(join(home, 'credentials'), text);
    expect(await source()).toEqual({ accessKeyId, secretAccessKey: 's' });
  }
});

test('a profile with SSO', async () => {
  const startUrl = 'https://example.awsapps.com/start';
  const cache = join(home, '.aws', 'sso', 'cache');
  await mkdir(cache, { recursive: true });
  const name = createHash('sha1').update(startUrl).digest('hex');
  await writeFile(
    join(cache, `${name}.json`),
    JSON.stringify({ accessToken: 'sso-token', expiresAt: expiration }),
  );
  const profile = `[profile sso]\nsso_start_url=${startUrl}\nsso_region=eu-west-1\nsso_account_id=123456789012\nsso_role_name=dev\n`;
  await writeFile(join(home, 'config'), profile);
  Object.assign(process.env, { AWS_PROFILE: 'sso', AWS_ENDPOINT_URL_SSO: url });
  expect(await createDefaultChainSource('us-east-1')()).toMatchObject({ accessKeyId: 'ASIASSO' });
  expect(calls[0]?.token).toBe('sso-token');
});
