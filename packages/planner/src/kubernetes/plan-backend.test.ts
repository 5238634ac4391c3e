import { clusterOfYaml, get, objectOf, planRouteOf, sha256Hex } from '../__fixtures__/cluster.ts';
import { at } from '../__fixtures__/plan-yaml.ts';
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

  test('becomes a Backend and a BackendTLSPolicy that belong to the AIServiceBackend', () => {
    const { objects, conditions } = planOf(external);
    expect(objectOf(objects, 'Backend')).toMatchObject({
      metadata: { name: 'ai-eg-service-b', namespace: 'default', ownerReferences: [{ uid: 'u1' }] },
      spec: { endpoints: [{ fqdn: { hostname: bedrockHost, port: 443 } }] },
    });
    expect(objectOf(objects, 'BackendTLSPolicy').spec).toEqual({
      targetRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'ai-eg-service-b' }],
      validation: { hostname: bedrockHost, wellKnownCACertificates: 'System' },
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
