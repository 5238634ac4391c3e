import { mockAwsEnvironment, mockCredentials } from '@aigw/mock-providers';
import { post } from './clients/http.ts';
import { expectStatus } from './expect-error.ts';
import {
  assumeRoleBackend,
  defaultChainBackend,
  oidcBackend,
  policyRoleBackend,
  roleArn,
  webIdentityBackend,
} from './fixtures/aws-backends.ts';
import { headersOf } from './fixtures/mocked-gateway.ts';
import {
  type AwsGateway,
  type AwsGatewayOptions,
  bodyFor,
  dialects,
  lastSigner,
  podIdentityEnvironment,
  startAwsGateway,
} from './fixtures/aws-gateway.ts';

/** Each API, unary and streamed, is answered, signed by a session whose ARN ends so. */
async function expectServed({ gateway, mock }: AwsGateway, backend: string, session: string): Promise<void> {
  for (const [path] of dialects) {
    for (const stream of [false, true]) {
      mock.clear();
      expectStatus(await post(gateway.url + path, bodyFor(backend, { stream })), 200);
      expect(lastSigner(mock)).toMatch(new RegExp(`:assumed-role/${session}$`));
    }
  }
}

describe('one gateway with six policies', () => {
  let running: AwsGateway;
  beforeAll(async () => {
    running = await startAwsGateway({
      mock: {
        roles: {
          [roleArn('assumed')]: { externalId: 'partner-7' },
          [roleArn('tagged')]: { externalId: 'partner-8', sessionTags: { team: 'search' } },
          [roleArn('web')]: { subject: 'system:serviceaccount:default:mock' },
          [roleArn('oidc')]: { subject: mockCredentials.oidcClient.id },
        },
      },
      backends: ({ port, aws }) => [
        webIdentityBackend('web', port),
        defaultChainBackend('pod', port),
        assumeRoleBackend('assumed', port, { lines: ['external_id = partner-7'] }),
        policyRoleBackend('tagged', port, {
          externalId: 'partner-8',
          sessionName: 'gateway-8',
          sessionTags: [{ key: 'team', value: 'search' }],
        }),
        { name: 'key', schema: { name: 'AWSBedrock' }, port, apiKey: mockCredentials.bedrockApiKey },
        oidcBackend('oidc', port, { issuer: aws.issuer }),
      ],
      env: (url, tokens) => ({
        AWS_WEB_IDENTITY_TOKEN_FILE: tokens.webIdentity,
        ...podIdentityEnvironment(url, tokens),
      }),
    });
  }, 300_000);
  afterAll(() => running.stop());

  test.each([
    ["a role with the pod's web identity token", 'web', 'web/.+'],
    ['EKS Pod Identity', 'pod', 'pod-identity/eks-mock-pod'],
    ['a role that long-lived keys assume, with an external id', 'assumed', 'assumed/.+'],
    ['a role that a policy names, with an external id and session tags', 'tagged', 'tagged/gateway-8'],
    ['a token of an OIDC issuer', 'oidc', 'oidc/.+'],
  ])('%s', async (_, backend, session) => {
    await expectServed(running, backend, session);
  });

  test('a Bedrock API key: a bearer token, and nothing is signed', async () => {
    const { gateway, mock } = running;
    for (const [path] of dialects) {
      mock.clear();
      expectStatus(await post(gateway.url + path, bodyFor('key')), 200);
      const headers = headersOf(mock.requests().at(-1)!);
      expect(headers['authorization']).toBe(`Bearer ${mockCredentials.bedrockApiKey}`);
      expect(Object.keys(headers).filter((name) => name.startsWith('x-amz-'))).toEqual([]);
    }
  });
});

test.each<[string, string, NonNullable<AwsGatewayOptions['env']>]>([
  ['the ECS agent', 'ecs-task/.+', (url) => mockAwsEnvironment(url).ecs],
  [
    'the instance metadata service',
    'mock-instance/.+',
    (url) => ({ ...mockAwsEnvironment(url).imds, AWS_EC2_METADATA_DISABLED: 'false' }),
  ],
  [
    'IRSA, as EKS sets it up',
    'irsa/.+',
    (_url, { webIdentity }) => ({
      AWS_ROLE_ARN: roleArn('irsa'),
      AWS_WEB_IDENTITY_TOKEN_FILE: webIdentity,
    }),
  ],
])('the default chain finds %s', async (_, session, env) => {
  const running = await startAwsGateway({
    backends: ({ port }) => [defaultChainBackend('chain', port)],
    env,
  });
  try {
    await expectServed(running, 'chain', session);
  } finally {
    await running.stop();
  }
});
