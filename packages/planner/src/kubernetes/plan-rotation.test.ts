import { parseFilterConfig } from '@aigw/api-types';
import { clusterOfYaml, get, sha256Hex } from '../__fixtures__/cluster.ts';
import { checkCel } from '../__fixtures__/plan-yaml.ts';
import { awsYaml, backendYaml, bedrockHost, gatewayYaml, routeYaml } from '../__fixtures__/resources.ts';
import type { DesiredObject } from './kubernetes-object.ts';
import { planGatewayConfig } from './plan-gateway.ts';
import { planRotatedSecret, planRotation, readRotationTimes, type RotationPlan } from './plan-rotation.ts';

const roleArn = 'arn:aws:iam::1:role/r';
const exchangeOf = (more = ''): string =>
  `oidcExchangeToken: {awsRoleArn: "${roleArn}", oidc: {provider: {issuer: "https://issuer"}, clientID: c, clientSecret: {name: s}${more}}}`;
const secretYaml = (text = 'x'): string => `
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {client-secret: ${text}}
`;
const backend = backendYaml('a', 'AWSBedrock', bedrockHost);
const policy = (aws = `{${exchangeOf()}}`, uid = 'u1'): string =>
  awsYaml('p', 'a', aws).replace('{name: p}', `{name: p, uid: ${uid}}`);
const cluster = routeYaml('[{backendRefs: [{name: a}]}]') + gatewayYaml + backend + policy() + secretYaml();

const credentials = { accessKeyId: 'ASIA1', secretAccessKey: 'sk', sessionToken: 'st' };
const times = { expiration: '2026-01-02T04:00:00Z', renewal: '2026-01-02T03:54:00Z' };

function planOf(yaml: string): RotationPlan | undefined {
  const set = clusterOfYaml(yaml);
  return planRotation({ set, sha256Hex }, get(set, 'BackendSecurityPolicy', 'p'));
}

function mustPlan(yaml = cluster): RotationPlan {
  const plan = planOf(yaml);
  if (plan === undefined) throw new Error('nothing to rotate');
  return plan;
}

const asYaml = (object: DesiredObject): string => `\n---\n${JSON.stringify(object)}\n`;

/** What the data plane gets for its backend. */
function authOf(yaml: string): unknown {
  const set = clusterOfYaml(yaml);
  const config = planGatewayConfig({ set, sha256Hex, checkCel }, get(set, 'Gateway', 'gw'));
  return parseFilterConfig(config).config.backends[0]?.auth?.aws;
}

describe('planRotation', () => {
  test('the exchange is the one that the data plane would do', () => {
    const { secret, region, exchange } = mustPlan();
    expect(secret).toEqual({ namespace: 'default', name: 'ai-eg-bsp-p' });
    expect({ region, ...exchange }).toEqual(authOf(cluster));
  });

  test.each([
    { name: 'the default chain', aws: '{}' },
    { name: 'a role alone', aws: `{oidcConfig: {roleArn: "${roleArn}"}}` },
    { name: "the pod's own token", aws: `{oidcExchangeToken: {awsRoleArn: "${roleArn}"}}` },
  ])('$name is nothing that could be rotated', ({ aws }) => {
    expect(planOf(backend + policy(aws) + secretYaml())).toBeUndefined();
  });

  test.each([
    { name: 'no client secret', yaml: backend + policy() },
    { name: 'no backend', yaml: policy() + secretYaml() },
    {
      name: 'another policy on the same backend',
      yaml: backend + awsYaml('first', 'a', '{}') + policy() + secretYaml(),
    },
    {
      name: 'a region that nothing says',
      yaml: backendYaml('a', 'AWSBedrock', 'bedrock.example.com') + policy() + secretYaml(),
    },
    {
      name: 'nothing but the credentials of requests',
      yaml:
        backend +
        policy().replace(
          'type: AWSCredentials',
          'type: AWSCredentials\n  credentialOverride: {fromRequestHeaders: {fallbackToConfigured: false}}',
        ) +
        secretYaml(),
    },
  ])('what does not serve is not exchanged for: $name', ({ yaml }) => {
    expect(planOf(yaml)).toBeUndefined();
  });

  test.each([
    { name: 'the role', yaml: cluster.replaceAll(roleArn, `${roleArn}2`) },
    { name: 'the secret', yaml: cluster.replace('client-secret: x', 'client-secret: y') },
    { name: 'the client', yaml: cluster.replace('clientID: c', 'clientID: d') },
    { name: 'the issuer', yaml: cluster.replace('https://issuer', 'https://other') },
    { name: 'the scopes', yaml: cluster.replace('{name: s}}}', '{name: s}, scopes: [aws]}}') },
    { name: 'the audience', yaml: cluster.replace('oidcExchangeToken: {', 'oidcExchangeToken: {aud: a, ') },
    { name: 'the region', yaml: cluster.replace('{oidcEx', '{region: eu-west-1, oidcEx') },
  ])('$name changed: other credentials are wanted, and the old ones are not used', ({ yaml }) => {
    const before = mustPlan();
    const after = mustPlan(yaml);
    expect(after.digest).not.toBe(before.digest);
    const old = asYaml(planRotatedSecret(before, credentials, times));
    expect(authOf(yaml + old)).not.toHaveProperty('rotated');
    expect(authOf(cluster + old)).toHaveProperty('rotated');
  });

  test('what credentials do not depend on changes nothing', () => {
    const moved = cluster
      .replace('uid: u1', 'uid: u2')
      .replace(bedrockHost, 'bedrock-runtime.us-east-1.amazonaws.com');
    expect(mustPlan(moved).digest).toBe(mustPlan().digest);
  });

  test('the name of the Secret of a policy with a long name is one', () => {
    const name = 'p'.repeat(250);
    const set = clusterOfYaml(backend + awsYaml(name, 'a', `{${exchangeOf()}}`) + secretYaml());
    const plan = planRotation({ set, sha256Hex }, get(set, 'BackendSecurityPolicy', name));
    expect(plan?.secret.name).toMatch(/^ai-eg-bsp-p+-[0-9a-f]{12}$/);
    expect(plan?.secret.name.length).toBeLessThanOrEqual(253);
  });
});

describe('planRotatedSecret', () => {
  const secret = planRotatedSecret(mustPlan(), credentials, times);

  test('is what users of the reference know, and goes with its policy', () => {
    expect(secret).toMatchObject({
      kind: 'Secret',
      metadata: {
        name: 'ai-eg-bsp-p',
        namespace: 'default',
        annotations: { 'rotators/expiration-time': times.expiration },
        ownerReferences: [{ kind: 'BackendSecurityPolicy', name: 'p', uid: 'u1', controller: true }],
      },
    });
    expect(Buffer.from(secret.data?.['credentials'] ?? '', 'base64').toString()).toBe(
      '[default]\naws_access_key_id = ASIA1\naws_secret_access_key = sk\naws_session_token = st\nregion = us-west-2\n',
    );
  });

  test('reaches the data plane beside the exchange itself', () => {
    expect(authOf(cluster + asYaml(secret))).toEqual({
      ...(authOf(cluster) as object),
      rotated: {
        credentialFileLiteral: Buffer.from(secret.data?.['credentials'] ?? '', 'base64').toString(),
        expiration: times.expiration,
      },
    });
  });

  test('tells its times again', () => {
    const set = clusterOfYaml(cluster + asYaml(secret));
    expect(readRotationTimes(get(set, 'Secret', 'ai-eg-bsp-p'), mustPlan())).toEqual(times);
  });

  test.each([
    { name: 'a time that is none', from: times.expiration, to: 'tomorrow' },
    { name: 'no credentials', from: /"data":\{[^}]*\}/, to: '"data":{}' },
    { name: 'a Secret of somebody else', from: 'aigateway.envoyproxy.io/exchange', to: 'x' },
  ])('$name is as good as none', ({ from, to }) => {
    const yaml = cluster + asYaml(secret).replace(from, to);
    expect(authOf(yaml)).toEqual(authOf(cluster));
    const set = clusterOfYaml(yaml);
    expect(readRotationTimes(get(set, 'Secret', 'ai-eg-bsp-p'), mustPlan())).toBeUndefined();
  });
});
