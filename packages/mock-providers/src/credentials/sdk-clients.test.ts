import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  fromContainerMetadata,
  fromHttp,
  fromInstanceMetadata,
  fromNodeProviderChain,
  fromTemporaryCredentials,
  fromTokenFile,
} from '@aws-sdk/credential-providers';
import { send } from '../__fixtures__/send.ts';
import { signRequest } from '../__fixtures__/sign-request.ts';
import { mockCredentials, startMockProviders } from '../mock-providers.ts';
import type { MockProviders } from '../mock-providers.ts';
import { mockAwsEnvironment } from './mock-aws.ts';

const roleArn = 'arn:aws:iam::123456789012:role/team/gateway';
const guarded = 'arn:aws:iam::123456789012:role/guarded';
const region = 'us-west-2';
const before = { ...process.env };

let mock: MockProviders;
let folder: string;
let tokenFile: string;
beforeAll(async () => {
  mock = await startMockProviders({
    credentialLifetimeSeconds: 6,
    roles: {
      [guarded]: { externalId: 'x-1', sessionTags: { team: 'a' }, subject: 'system:serviceaccount:ns:one' },
    },
  });
  folder = mkdtempSync(join(tmpdir(), 'aigw-mock-'));
  tokenFile = join(folder, 'token');
});
afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, mockAwsEnvironment(mock.url).sts, {
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    AWS_MAX_ATTEMPTS: '1',
  });
  writeFileSync(tokenFile, mock.aws.createToken());
});
afterEach(() => {
  process.env = { ...before };
});

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** The status of a request to Bedrock with these credentials. */
async function askBedrock({ accessKeyId, secretAccessKey, sessionToken }: Keys): Promise<number> {
  const path = '/model/us.meta.llama3-2-1b-instruct-v1:0/converse';
  const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hi.' }] }] });
  const host = 'bedrock-runtime.us-east-1.amazonaws.com';
  const headers = signRequest({ path, body, host, accessKeyId, secretAccessKey, sessionToken });
  return (await send(mock.url, path, { body, headers })).status;
}

function expectShortLived({ expiration }: Keys): void {
  const seconds = ((expiration?.getTime() ?? 0) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(7);
}

const sts = (credentials: Keys): STSClient => new STSClient({ region, credentials, maxAttempts: 1 });
const whoAmI = (credentials: Keys) => sts(credentials).send(new GetCallerIdentityCommand({}));

const sources: [string, () => Promise<Keys>, string][] = [
  [
    'AssumeRole',
    fromTemporaryCredentials({
      params: { RoleArn: roleArn, RoleSessionName: 'one', DurationSeconds: 900 },
      masterCredentials: mockCredentials.aws,
      clientConfig: { region },
    }),
    'assumed-role/gateway/one',
  ],
  [
    'AssumeRoleWithWebIdentity',
    () =>
      fromTokenFile({
        roleArn,
        webIdentityTokenFile: tokenFile,
        roleSessionName: 'two',
        clientConfig: { region },
      })(),
    'assumed-role/gateway/two',
  ],
  [
    'the Pod Identity agent',
    () => {
      const podToken = join(folder, 'pod-token');
      writeFileSync(podToken, mock.aws.createPodToken());
      process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] = podToken;
      return fromHttp({ awsContainerCredentialsFullUri: `${mock.url}/v1/credentials` })();
    },
    'assumed-role/pod-identity/eks-mock-pod',
  ],
  [
    'ECS',
    () => {
      Object.assign(process.env, mockAwsEnvironment(mock.url).ecs);
      return fromContainerMetadata()();
    },
    'assumed-role/ecs-task/',
  ],
  [
    'IMDS',
    () => {
      Object.assign(process.env, mockAwsEnvironment(mock.url).imds);
      return fromInstanceMetadata()();
    },
    'assumed-role/mock-instance/i-0123456789abcdef0',
  ],
];

test.each(sources)("%s gives Amazon's own client credentials that work", async (_, fetchCredentials, arn) => {
  const credentials = await fetchCredentials();
  expectShortLived(credentials);
  expect(mock.aws.issued().at(-1)).toMatchObject({ accessKeyId: credentials.accessKeyId });
  expect((await whoAmI(credentials)).Arn).toContain(arn);
  expect(await askBedrock(credentials)).toBe(200);
  expect(await askBedrock({ ...credentials, sessionToken: 'another' })).toBe(403);
});

test.each([
  ['pod-identity', 'pod-identity/'],
  ['ecs', 'ecs-task/'],
  ['imds', 'mock-instance/'],
] as const)('the default chain finds %s by its environment variables', async (source, arn) => {
  const podToken = join(folder, 'chain-token');
  writeFileSync(podToken, mock.aws.createPodToken());
  Object.assign(process.env, mockAwsEnvironment(mock.url)[source]);
  if (source === 'pod-identity') process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] = podToken;
  const credentials = await fromNodeProviderChain()();
  expect((await whoAmI(credentials)).Arn).toContain(arn);
});

test('the long-lived pair is a user', async () => {
  expect(await whoAmI(mockCredentials.aws)).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/mock',
  });
});

test.each([
  ['an unknown key', { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' }, 'InvalidClientTokenId', 403],
  ['a wrong secret', { ...mockCredentials.aws, secretAccessKey: 'x' }, 'SignatureDoesNotMatch', 403],
])('%s is refused by STS', async (_, credentials, name, status) => {
  await expect(whoAmI(credentials)).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode: status },
  });
});

describe('what a role demands', () => {
  const assume = (more: object): Promise<unknown> =>
    sts(mockCredentials.aws).send(
      new AssumeRoleCommand({ RoleArn: guarded, RoleSessionName: 'me', ...more }),
    );
  const Tags = [{ Key: 'team', Value: 'a' }];

  test.each([
    ['nothing', {}],
    ['another external id', { ExternalId: 'x-2', Tags }],
    ['another tag', { ExternalId: 'x-1', Tags: [{ Key: 'team', Value: 'b' }] }],
    ['no tag', { ExternalId: 'x-1' }],
  ])('with %s it is denied', async (_, more) => {
    await expect(assume(more)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::123456789012:user/mock is not authorized to perform: sts:AssumeRole on resource: ${guarded}`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('with both it is assumed', async () => {
    expect(await assume({ ExternalId: 'x-1', Tags: [{ Key: 'b', Value: '1' }, ...Tags] })).toMatchObject({
      AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/guarded/me' },
    });
  });

  test.each([
    ['899 seconds', { DurationSeconds: 899 }],
    ['43201 seconds', { DurationSeconds: 43_201 }],
    ['a session name with spaces', { RoleSessionName: 'a b' }],
    ['an ARN of something else', { RoleArn: 'arn:aws:iam::123456789012:user/x' }],
  ])('a request with %s is refused', async (_, more) => {
    const refusal = { name: 'ValidationError', $metadata: { httpStatusCode: 400 } };
    await expect(assume(more)).rejects.toMatchObject(refusal);
  });

  test('a role that a role assumes lives an hour at most', async () => {
    const session = await sources[0]![1]();
    const chained = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'me', DurationSeconds: 3601 });
    await expect(sts(session).send(chained)).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('credentials that end before their time', () => {
  const fetchCredentials = sources[0]![1];
  const refusalOf = async (keys: Keys): Promise<string> => {
    const path = '/model/m/converse';
    const headers = signRequest({ path, body: '{}', host: 'h', ...keys });
    const answer = await send(mock.url, path, { body: '{}', headers });
    return `${answer.status} ${answer.headers['x-amzn-errortype']} ${answer.body.toString()}`;
  };

  test('as expired, at Bedrock and at STS', async () => {
    const credentials = await fetchCredentials();
    mock.aws.revoke('expired');
    expect(await refusalOf(credentials)).toBe(
      '403 ExpiredTokenException:http://internal.amazon.com/coral/com.amazon.coral.service/ {"message":"The security token included in the request is expired"}',
    );
    await expect(whoAmI(credentials)).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  test('as if they had never been', async () => {
    const credentials = await fetchCredentials();
    mock.aws.revoke('unrecognized');
    expect(mock.aws.issued()).toEqual([]);
    expect(await refusalOf(credentials)).toBe(
      '403 UnrecognizedClientException:http://internal.amazon.com/coral/com.amazon.coral.service/ {"message":"The security token included in the request is invalid."}',
    );
    await expect(whoAmI(credentials)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });
});

test.each([
  ['throttling', 'Throttling', 400],
  ['service-unavailable', 'ServiceUnavailable', 503],
  ['internal', 'InternalFailure', 500],
])('STS can be made to fail: %s', async (fault, name, status) => {
  mock.aws.setFault('sts', fault);
  const failing = { name, $metadata: { httpStatusCode: status } };
  await expect(whoAmI(mockCredentials.aws)).rejects.toMatchObject(failing);
  mock.aws.setFault('sts', undefined);
  expect((await whoAmI(mockCredentials.aws)).Account).toBe('123456789012');
});

test('STS can be made to fail for one role alone', async () => {
  const assume = (suffix: string): Promise<unknown> =>
    sts(mockCredentials.aws).send(
      new AssumeRoleCommand({ RoleArn: `${roleArn}${suffix}`, RoleSessionName: 'me' }),
    );
  await expect(assume('--fault-throttling')).rejects.toMatchObject({ name: 'Throttling' });
  expect(await assume('')).toMatchObject({ Credentials: {} });
});

test('an unknown fault is an error', () => {
  expect(() => mock.aws.setFault('sts', 'flood')).toThrow("unknown fault 'flood'");
});
