import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsAuth } from '@aigw/api-types';
import type { BackendAuthenticator } from './backend-auth.ts';
import { createCredentialPool } from './credential-pool.ts';
import { createAuthenticator } from './registry.ts';

/** The data plane with credentials that the control plane renews, and an issuer and STS of its own to go to. */

const host = 'bedrock-runtime.us-east-1.amazonaws.com';
const request = { method: 'POST', path: '/model/m/converse', host, body: Buffer.from('{}') };
const minute = 60_000;
const before = { ...process.env };

let services: Server;
let url = '';
let time = 0;
let isDown = false;
/** Paths that were asked. */
let asked: string[] = [];
let sessions = 0;

beforeAll(async () => {
  services = createServer((incoming, response) => {
    const { url: path = '' } = incoming;
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      asked.push(path);
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      if (isDown) response.writeHead(403).end();
      else response.end(path === '/token' ? '{"access_token":"jwt"}' : stsAnswer(form.get('Action') ?? ''));
    });
  });
  await new Promise<void>((resolve) => services.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(services.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => services.close(resolve)));
beforeEach(() => {
  // The SDK goes by the machine's time.
  time = Date.now();
  isDown = false;
  asked = [];
  sessions = 0;
  process.env['AWS_ENDPOINT_URL_STS'] = url;
});
afterEach(() => {
  process.env = { ...before };
});

function stsAnswer(action: string): string {
  sessions += 1;
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>
    <AccessKeyId>OWN${sessions}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>${new Date(time + 60 * minute).toISOString()}</Expiration>
    </Credentials></${action}Result></${action}Response>`;
}

const policy = (): AwsAuth => ({
  region: 'us-east-1',
  roleArn: 'arn:aws:iam::123456789012:role/gateway',
  oidc: { issuer: url, tokenEndpoint: `${url}/token`, clientId: 'c', clientSecret: 's' },
});

const rotated = (id: string, endsInMs = 60 * minute): Required<Pick<AwsAuth, 'rotated'>> => ({
  rotated: {
    credentialFileLiteral: `[default]\naws_access_key_id = ${id}\naws_secret_access_key = s\naws_session_token = t\n`,
    expiration: new Date(time + endsInMs).toISOString(),
  },
});

function setUp() {
  const pool = createCredentialPool({ now: () => time, random: () => 0, onError: () => undefined });
  return (...backends: readonly AwsAuth[]): BackendAuthenticator => {
    const credentials = pool.lease();
    const [first] = backends.map((aws, index) =>
      createAuthenticator(
        { aws },
        { backend: `b${index}`, credentials, now: () => time, report: () => undefined },
      ),
    );
    credentials.commit();
    if (first === undefined) throw new Error('no backend');
    return first;
  };
}

async function signer(authenticator: BackendAuthenticator): Promise<string | undefined> {
  const { set } = await authenticator.apply(request);
  return /Credential=([^/]+)/.exec(new Map(set).get('authorization') ?? '')?.[1];
}

/** Requests until one is signed by somebody else. */
async function untilSigner(authenticator: BackendAuthenticator, other: RegExp): Promise<string> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const id = (await signer(authenticator)) ?? '';
    if (other.test(id)) return id;
    if (performance.now() > deadline) throw new Error(`still ${id}`);
    await new Promise(setImmediate);
  }
}

test('a new proxy signs with what the control plane has, and asks nobody', async () => {
  const load = setUp();
  isDown = true;
  expect(await signer(load({ ...policy(), ...rotated('ROT1') }))).toBe('ROT1');
  expect(asked).toEqual([]);
});

test('nobody renews them: requests go on, with an exchange of its own before the end', async () => {
  const authenticator = setUp()({ ...policy(), ...rotated('ROT1') });
  expect(await signer(authenticator)).toBe('ROT1');
  expect(asked).toEqual([]);
  time += 59 * minute;
  // Nobody waits for it.
  expect(await signer(authenticator)).toBe('ROT1');
  expect(await untilSigner(authenticator, /OWN/)).toBe('OWN1');
  expect(asked).toEqual(['/token', '/']);
});

test('a renewal is no other policy: what is used stays until it is due, and the new ones follow', async () => {
  const load = setUp();
  expect(await signer(load({ ...policy(), ...rotated('ROT1') }))).toBe('ROT1');
  time += 54 * minute;
  const authenticator = load({ ...policy(), ...rotated('ROT2') });
  expect(await signer(authenticator)).toBe('ROT1');
  time += 3 * minute;
  expect(await untilSigner(authenticator, /ROT2/)).toBe('ROT2');
  expect(asked).toEqual([]);
});

test('none yet: the exchange is its own, and those that come later follow it', async () => {
  const load = setUp();
  expect(await signer(load(policy()))).toBe('OWN1');
  const authenticator = load({ ...policy(), ...rotated('ROT1', 120 * minute) });
  expect(await signer(authenticator)).toBe('OWN1');
  time += 56 * minute;
  expect(await untilSigner(authenticator, /ROT/)).toBe('ROT1');
});

test('another policy never gets them', async () => {
  const load = setUp();
  await signer(load({ ...policy(), ...rotated('ROT1') }));
  const other = 'arn:aws:iam::123456789012:role/other';
  expect(await signer(load({ ...policy(), roleArn: other }))).toBe('OWN1');
});

test('of two policies that say the same, the one whose credentials live longer counts', async () => {
  const authenticator = setUp()(
    { ...policy(), ...rotated('ROT1', 20 * minute) },
    { ...policy(), ...rotated('ROT2') },
    policy(),
  );
  expect(await signer(authenticator)).toBe('ROT2');
});

test('a role on top is assumed with them: STS is asked, the issuer is not', async () => {
  const assumeRole = { roleArn: 'arn:aws:iam::210987654321:role/other' };
  const load = setUp();
  const authenticator = load({ ...policy(), assumeRole, ...rotated('ROT1') });
  expect(await signer(authenticator)).toBe('OWN1');
  expect(asked).toEqual(['/']);
  isDown = true;
  expect(await signer(load({ ...policy(), assumeRole, ...rotated('ROT2') }))).toBe('OWN1');
});
