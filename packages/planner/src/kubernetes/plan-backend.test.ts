import { clusterOfYaml, get, objectOf, planRouteOf, sha256Hex } from '../__fixtures__/cluster.ts';
import { at, planYaml } from '../__fixtures__/plan-yaml.ts';
import { awsYaml, backendYaml, bedrockHost, keyYaml, routeYaml } from '../__fixtures__/resources.ts';
import type { PlannedCondition } from './conditions.ts';
import { type BackendPlan, planBackend, planPolicyConditions } from './plan-backend.ts';

const serviceYaml = (spec: string): string => `
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIServiceBackend
metadata: {name: b, uid: u1}
spec: {schema: AWSBedrock, backendRef: {name: svc, kind: Service}}
---
apiVersion: v1
kind: Service
metadata: {name: svc}
spec: ${spec}
`;

function planOf(yaml: string, name = 'b'): BackendPlan {
  const set = clusterOfYaml(yaml);
  return planBackend({ set, sha256Hex }, get(set, 'AIServiceBackend', name));
}

function policyOf(yaml: string, name: string): readonly PlannedCondition[] {
  const set = clusterOfYaml(yaml);
  return planPolicyConditions(set, get(set, 'BackendSecurityPolicy', name));
}

const short = (conditions: readonly PlannedCondition[]): string[] =>
  conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);

const fine = ['ResolvedRefs=True ResolvedRefs', 'Accepted=True Accepted'];

describe('an ExternalName Service', () => {
  const external =
    serviceYaml(`{type: ExternalName, externalName: ${bedrockHost}}`) + awsYaml('aws', 'b', '{}');

  test('becomes a Backend that belongs to the AIServiceBackend, its TLS included', () => {
    const { objects, conditions } = planOf(external);
    expect(objects.map(({ kind }) => kind)).toEqual(['Backend']);
    expect(objectOf(objects, 'Backend')).toMatchObject({
      metadata: { name: 'ai-eg-service-b', namespace: 'default', ownerReferences: [{ uid: 'u1' }] },
      spec: {
        endpoints: [{ fqdn: { hostname: bedrockHost, port: 443 } }],
        tls: { sni: bedrockHost, wellKnownCACertificates: 'System' },
      },
    });
    expect(short(conditions)).toEqual(fine);
  });

  test('is what the HTTPRoute refers to', () => {
    const plan = planRouteOf(routeYaml('[{backendRefs: [{name: b}]}]') + external);
    expect(at(objectOf(plan.objects, 'HTTPRoute').spec, 'rules', 0, 'backendRefs')).toEqual([
      { group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'ai-eg-service-b', weight: 1 },
    ]);
  });

  test.each(['localhost', 'a.default.svc', 'a.svc.cluster.local', '169.254.169.254', '10.0.0.1', 'intranet'])(
    'with the name %s is not followed',
    (name) => {
      const { objects, conditions } = planOf(
        serviceYaml(`{type: ExternalName, externalName: "${name}"}`) +
          awsYaml('aws', 'b', '{region: us-east-1}'),
      );
      expect(objects).toEqual([]);
      expect(short(conditions)).toEqual(['ResolvedRefs=False BackendNotAccepted', 'Accepted=True Accepted']);
    },
  );
});

test('an ordinary Service is referred to as it is', () => {
  const yaml =
    routeYaml('[{backendRefs: [{name: b}]}]') +
    serviceYaml('{ports: [{port: 8080}]}').replace('AWSBedrock', 'OpenAI');
  expect(planOf(yaml).objects).toEqual([]);
  expect(at(objectOf(planRouteOf(yaml).objects, 'HTTPRoute').spec, 'rules', 0, 'backendRefs')).toEqual([
    { group: '', kind: 'Service', name: 'svc', port: 8080, weight: 1 },
  ]);
});

describe('conditions', () => {
  const backend = backendYaml('b', 'Anthropic', 'api.anthropic.com');

  test.each([
    { given: 'all is there', yaml: backend + keyYaml('k', 'b', 'AnthropicAPIKey', 'x'), want: fine },
    {
      given: 'no Secret',
      yaml: (backend + keyYaml('k', 'b', 'AnthropicAPIKey', 'x')).replace(
        'kind: Secret\nmetadata: {name: k}',
        'kind: Secret\nmetadata: {name: z}',
      ),
      want: ['ResolvedRefs=False SecretNotFound', 'Accepted=True Accepted'],
    },
    {
      given: 'a schema that is not served',
      yaml: backendYaml('b', 'GCPVertexAI', 'x.example.com'),
      want: ['ResolvedRefs=True ResolvedRefs', 'Accepted=False Unsupported', 'NotAccepted=True Unsupported'],
    },
    {
      given: 'no Backend',
      yaml: backend.replace('kind: Backend\nmetadata: {name: b}', 'kind: Backend\nmetadata: {name: z}'),
      want: ['ResolvedRefs=False BackendNotFound', 'Accepted=True Accepted'],
    },
  ])('of an AIServiceBackend: $given', ({ yaml, want }) => {
    expect(short(planOf(yaml).conditions)).toEqual(want);
  });

  test.each([
    { given: 'all is there', yaml: backend + keyYaml('k', 'b', 'AnthropicAPIKey', 'x'), want: fine },
    {
      given: 'a target that is not there',
      yaml: keyYaml('k', 'b', 'AnthropicAPIKey', 'x'),
      want: ['ResolvedRefs=False BackendNotFound', 'Accepted=True Accepted'],
    },
    {
      given: 'a second one on the same backend',
      yaml: backend + keyYaml('a', 'b', 'AnthropicAPIKey', 'x') + keyYaml('k', 'b', 'AnthropicAPIKey', 'x'),
      want: ['ResolvedRefs=True ResolvedRefs', 'Accepted=False Conflicted', 'NotAccepted=True Conflicted'],
    },
    {
      given: 'a Secret of another namespace without a grant',
      yaml: (backend + keyYaml('k', 'b', 'AnthropicAPIKey', 'x')).replace(
        'secretRef: {name: k}',
        'secretRef: {name: k, namespace: team}',
      ),
      want: ['ResolvedRefs=False RefNotPermitted', 'Accepted=True Accepted'],
    },
    {
      given: 'a region that nothing says',
      yaml: backendYaml('b', 'AWSBedrock', 'bedrock.example.com') + awsYaml('k', 'b', '{}'),
      want: ['ResolvedRefs=True ResolvedRefs', 'Accepted=False Invalid', 'NotAccepted=True Invalid'],
    },
    {
      given: 'a region that only a route says',
      yaml:
        routeYaml(
          '[{backendRefs: [{name: b, modelNameOverride: "arn:aws:bedrock:eu-west-1:1:inference-profile/x"}]}]',
        ) +
        backendYaml('b', 'AWSBedrock', 'bedrock.example.com') +
        awsYaml('k', 'b', '{}'),
      want: fine,
    },
  ])('of a BackendSecurityPolicy: $given', ({ yaml, want }) => {
    expect(short(policyOf(yaml, 'k'))).toEqual(want);
  });
});

describe('a server that Envoy Gateway does not take', () => {
  const withEndpoint = (endpoint: string): string =>
    backendYaml('b', 'OpenAI', 'x.example.com').replace(
      '{fqdn: {hostname: x.example.com, port: 443}}',
      endpoint,
    );

  test.each([
    ['{fqdn: {hostname: vllm, port: 8000}}', 'spec.endpoints[0].fqdn.hostname'],
    ['{fqdn: {hostname: a.b, port: 80}, hostname: vllm}', 'spec.endpoints[0].hostname'],
    ['{ip: {address: 127.0.0.2, port: 80}}', 'spec.endpoints[0].ip.address'],
    ['{ip: {address: "::1", port: 80}}', 'spec.endpoints[0].ip.address'],
    ['{ip: {address: "0:0:0:0:0:0:0:1", port: 80}}', 'spec.endpoints[0].ip.address'],
    [
      '{ip: {address: 10.0.0.1, port: 80}}, {ip: {address: 127.0.0.1, port: 80}}',
      'spec.endpoints[1].ip.address',
    ],
  ])('%s is said on its AIServiceBackend, and left out of its rules alone', (endpoint, path) => {
    const yaml = withEndpoint(endpoint) + backendYaml('good', 'OpenAI', 'good.example.com');
    const { conditions } = planOf(yaml);
    expect(conditions).toContainEqual({
      type: 'ResolvedRefs',
      status: 'False',
      reason: 'BackendNotAccepted',
      message: expect.stringContaining(`Backend default/b: ${path}: Envoy Gateway refuses`) as string,
    });
    const plan = planRouteOf(
      routeYaml('[{backendRefs: [{name: b}, {name: good}]}, {backendRefs: [{name: b}]}]') + yaml,
    );
    expect(at(objectOf(plan.objects, 'HTTPRoute').spec, 'rules', 0, 'backendRefs')).toMatchObject([
      { name: 'good' },
    ]);
    expect(plan.resolved.rules[1]?.refusal?.status).toBe(503);
  });

  test.each([
    '{fqdn: {hostname: vllm.models.svc, port: 80}}',
    '{ip: {address: "fd00::1", port: 80}}',
    '{ip: {address: 10.127.0.1, port: 80}}',
    '{ip: {address: "2001:db8::1", port: 80}}',
  ])('%s is none', (endpoint) => {
    expect(short(planOf(withEndpoint(endpoint)).conditions)).toEqual(fine);
  });

  test('is one of `aigw run`, which has no Envoy Gateway', () => {
    const { problems, filterConfig } = planYaml(
      routeYaml('[{backendRefs: [{name: b}]}]') + withEndpoint('{ip: {address: 127.0.0.1, port: 80}}'),
    );
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(filterConfig.backends).toHaveLength(1);
  });
});
