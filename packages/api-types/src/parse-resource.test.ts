import { type IgnoredResource, kubernetesOnlyKinds } from './kind-registry.ts';
import { parseResource } from './parse-resource.ts';

const beta = 'aigateway.envoyproxy.io/v1beta1';
const alpha = 'aigateway.envoyproxy.io/v1alpha1';
const metadata = { name: 'x' };
const backendRef = { name: 'b', kind: 'Backend', group: 'gateway.envoyproxy.io' };

const route = (spec: object, apiVersion = beta): unknown => ({
  apiVersion,
  kind: 'AIGatewayRoute',
  metadata,
  spec,
});
const policy = (spec: object, apiVersion = beta): unknown => ({
  apiVersion,
  kind: 'BackendSecurityPolicy',
  metadata,
  spec,
});
const backend = (spec: object, apiVersion = beta): unknown => ({
  apiVersion,
  kind: 'AIServiceBackend',
  metadata,
  spec,
});
const tlsPolicy = (validation: object): unknown => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'BackendTLSPolicy',
  metadata,
  spec: { targetRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'b' }], validation },
});
const server = (endpoint: object): unknown => ({
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'Backend',
  metadata,
  spec: { endpoints: [endpoint] },
});

const awsTarget = { group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'b' };
const secretRef = { name: 'aws-credentials', key: 'credentials' };

describe('parseResource', () => {
  test.each([
    { name: 'route with schema as a name', value: route({ schema: 'Anthropic', rules: [] }, alpha) },
    { name: 'route with schema as an object', value: route({ schema: { name: 'Anthropic' }, rules: [] }) },
    { name: 'backend with schema as a name', value: backend({ schema: 'AWSBedrock', backendRef }, alpha) },
    {
      name: 'backend behind a Service',
      value: backend({ schema: 'AWSBedrock', backendRef: { kind: 'Service', name: 'bedrock', port: 443 } }),
    },
    {
      name: 'backend with our additions',
      value: backend({
        schema: { name: 'AWSBedrock' },
        backendRef,
        modelFamily: 'claude',
        modelCapabilities: [{ match: 'arn:*', sameAs: 'claude-opus-4-6', cachePoint: false }],
        unsupportedFields: 'Reject',
        messagesVia: 'Converse',
      }),
    },
    {
      name: 'AWS file with a key',
      value: policy({ type: 'AWSCredentials', awsCredentials: { credentialsFile: { secretRef } } }, alpha),
    },
    {
      name: 'AWS role alone',
      value: policy({
        type: 'AWSCredentials',
        awsCredentials: { oidcConfig: { roleArn: 'arn:aws:iam::123456789012:role/ai-gateway-bedrock-role' } },
      }),
    },
    {
      name: 'AWS default chain',
      value: policy({ type: 'AWSCredentials', awsCredentials: { region: 'us-east-1' } }),
    },
    {
      name: 'metadata as the API server serves it',
      value: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          ...metadata,
          creationTimestamp: null,
          uid: 'u',
          resourceVersion: '1',
          managedFields: [{}],
          labels: { a: 'b' },
          annotations: { c: 'd' },
          finalizers: ['f'],
        },
        data: { apiKey: 'a2V5' },
        status: { anything: true },
      },
    },
    {
      name: 'a certificate authority from a ConfigMap',
      value: tlsPolicy({ hostname: 'a.b', caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'c' }] }),
    },
    { name: 'endpoint by address', value: server({ ip: { address: '::1', port: 80 } }) },
    { name: 'endpoint by socket', value: server({ unix: { path: '/run/x.sock' } }) },
  ])('accepts $name', ({ value }) => {
    expect(parseResource(value)).toMatchObject({ ok: true, warnings: [] });
  });

  test.each([
    {
      name: 'unknown capability',
      value: backend({
        schema: 'OpenAI',
        backendRef,
        modelCapabilities: [{ match: '*', cachePoints: true }],
      }),
      path: 'spec.modelCapabilities[0].cachePoints',
      message: /^unknown field; known are match, sameAs, family/,
    },
    {
      name: 'unknown field',
      value: route({ rules: [{ backendRef: [] }] }),
      path: 'spec.rules[0].backendRef',
      message: /unknown field; known are name, backendRefs/,
    },
    {
      name: 'unknown metadata',
      value: { ...(route({ rules: [] }) as object), metadata: { name: 'x', lables: {} } },
      path: 'metadata.lables',
      message: /known are name, namespace, labels/,
    },
    {
      name: 'wrong type',
      value: route({ rules: [{ backendRefs: [{ name: 'b', weight: 'heavy' }] }] }),
      path: 'spec.rules[0].backendRefs[0].weight',
      message: /expected number, received string/,
    },
    {
      name: 'unknown schema',
      value: backend({ schema: { name: 'Bedrock' }, backendRef }),
      path: 'spec.schema',
      message: /expected one of OpenAI, Anthropic, AWSBedrock/,
    },
    {
      name: 'region that would change the host',
      value: policy({ type: 'AWSCredentials', awsCredentials: { region: 'us-east-1.evil.com/#' } }),
      path: 'spec.awsCredentials.region',
      message: /expected an AWS region/,
    },
    {
      name: 'a role to assume that is none',
      value: policy({ type: 'AWSCredentials', awsCredentials: { assumeRole: { roleArn: 'x' } } }),
      path: 'spec.awsCredentials.assumeRole.roleArn',
      message: /expected a role ARN/,
    },
    {
      name: 'a tag of a session twice',
      value: policy({
        type: 'AWSCredentials',
        awsCredentials: {
          assumeRole: {
            roleArn: 'arn:aws:iam::1:role/r',
            sessionTags: [
              { key: 'a', value: 'b' },
              { key: 'a', value: 'c' },
            ],
          },
        },
      }),
      path: 'spec.awsCredentials.assumeRole.sessionTags[1].key',
      message: /duplicate key "a"/,
    },
    {
      name: 'an issuer that is no URL',
      value: policy({
        type: 'AWSCredentials',
        awsCredentials: {
          oidcExchangeToken: {
            awsRoleArn: 'arn:aws:iam::1:role/r',
            oidc: { provider: { issuer: 'issuer' }, clientID: 'c', clientSecret: { name: 's' } },
          },
        },
      }),
      path: 'spec.awsCredentials.oidcExchangeToken.oidc.provider.issuer',
      message: /expected a URL/,
    },
    {
      name: 'Secret data that is not base64',
      value: { apiVersion: 'v1', kind: 'Secret', metadata, data: { apiKey: 'plain text!' } },
      path: 'data.apiKey',
      message: /expected base64; plain text goes into stringData/,
    },
    {
      name: 'misspelt group',
      value: route({ rules: [] }, 'ai-gateway.envoyproxy.io/v1beta1'),
      path: 'apiVersion',
      message:
        /expected aigateway\.envoyproxy\.io\/v1beta1 or aigateway\.envoyproxy\.io\/v1alpha1 for kind AIGatewayRoute/,
    },
    { name: 'no kind', value: { apiVersion: 'v1' }, path: 'kind', message: /expected the kind/ },
    { name: 'not an object', value: 'text', path: '', message: /expected object/ },
    {
      name: 'sixteen rules',
      value: route({ rules: Array.from({ length: 16 }, () => ({})) }),
      path: 'spec.rules',
      message: /<=15 items/,
    },
    {
      name: 'a header twice in one match',
      value: route({
        rules: [
          {
            matches: [
              {
                headers: [
                  { name: 'a', value: '1' },
                  { name: 'a', value: '2' },
                ],
              },
            ],
          },
        ],
      }),
      path: 'spec.rules[0].matches[0].headers[1].name',
      message: /duplicate name "a"/,
    },
  ])('rejects $name with its path and what is expected', ({ value, path, message }) => {
    expect(parseResource(value)).toEqual({
      ok: false,
      issues: [{ path, message: expect.stringMatching(message) as string }],
    });
  });

  test.each([
    {
      value: route({ parentRefs: [{ kind: 'Service', name: 's' }], rules: [] }),
      path: 'spec.parentRefs[0].kind',
      message: 'only Gateway is supported',
    },
    {
      value: route({ rules: [{ name: 'route-not-found' }] }),
      path: 'spec.rules[0].name',
      message: "rule name 'route-not-found' is reserved",
    },
    {
      value: route({ rules: [{ name: 'a' }, { name: 'a' }] }),
      path: 'spec.rules',
      message: 'rule name must be unique within the route',
    },
    {
      value: route({
        rules: [
          {
            backendRefs: [
              { name: 'a' },
              { name: 'p', group: 'inference.networking.k8s.io', kind: 'InferencePool' },
            ],
          },
        ],
      }),
      path: 'spec.rules[0].backendRefs',
      message: 'cannot mix InferencePool and AIServiceBackend references in the same rule',
    },
    {
      value: route({ rules: [{ backendRefs: [{ name: 'a', kind: 'AIServiceBackend' }] }] }),
      path: 'spec.rules[0].backendRefs[0]',
      message: 'group and kind must be specified together',
    },
    {
      value: route({ rules: [{ backendRefs: [{ name: 'a', group: 'apps', kind: 'Deployment' }] }] }),
      path: 'spec.rules[0].backendRefs[0]',
      message: 'only InferencePool from inference.networking.k8s.io group is supported',
    },
    {
      value: backend({ schema: 'OpenAI', backendRef: { name: 'b', kind: 'Deployment', group: 'apps' } }),
      path: 'spec.backendRef',
      message: 'BackendRef must be an Envoy Gateway Backend, or a Service',
    },
    {
      value: policy({ type: 'APIKey', anthropicAPIKey: { secretRef: { name: 'k' } } }),
      path: 'spec',
      message: 'When type is APIKey, only apiKey field should be set',
    },
    {
      value: policy({ type: 'AWSCredentials', awsCredentials: {}, apiKey: { secretRef: { name: 'k' } } }),
      path: 'spec',
      message: 'When type is AWSCredentials, only awsCredentials field should be set',
    },
    {
      value: policy({
        type: 'AWSCredentials',
        awsCredentials: {},
        targetRefs: [{ ...awsTarget, kind: 'Service' }],
      }),
      path: 'spec.targetRefs[0]',
      message: 'targetRefs must reference AIServiceBackend or InferencePool resources',
    },
    {
      value: policy({
        type: 'AWSCredentials',
        awsCredentials: { credentialsFile: { secretRef }, oidcConfig: { roleArn: 'arn:aws:iam::1:role/r' } },
      }),
      path: 'spec.awsCredentials',
      message: 'at most one of credentialsFile, oidcExchangeToken and oidcConfig may be set',
    },
    {
      value: tlsPolicy({ hostname: 'a.b' }),
      path: 'spec.validation',
      message: 'must specify either CACertificateRefs or WellKnownCACertificates',
    },
    {
      value: server({ fqdn: { hostname: 'a.b', port: 1 }, unix: { path: '/x' } }),
      path: 'spec.endpoints[0]',
      message: 'one of fqdn, ip or unix must be specified',
    },
  ])('has the rule: $message', ({ value, path, message }) => {
    const parsed = parseResource(value);
    expect(parsed.ok ? [] : parsed.issues).toContainEqual({ path, message });
  });

  test('credentialOverride came with v1beta1', () => {
    const spec = {
      type: 'APIKey',
      apiKey: { secretRef: { name: 'k' } },
      credentialOverride: { fromRequestHeaders: {} },
    };
    expect(parseResource(policy(spec))).toMatchObject({ ok: true });
    expect(parseResource(policy(spec, alpha))).toMatchObject({
      ok: false,
      issues: [{ path: 'spec.credentialOverride' }],
    });
  });

  test('reports every problem at once', () => {
    const parsed = parseResource(route({ rules: [{ name: 'A' }, { matches: 'x' }], hostname: 'y' }));
    const paths = parsed.ok ? [] : parsed.issues.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['spec.rules[0].name', 'spec.rules[1].matches', 'spec.hostname']),
    );
  });

  test('applies defaults', () => {
    const parsed = parseResource(
      route({
        rules: [{ backendRefs: [{ name: 'b' }], matches: [{ headers: [{ name: 'm', value: 'v' }] }] }],
      }),
    );
    expect(parsed).toMatchObject({
      resource: {
        metadata: { namespace: 'default' },
        spec: {
          rules: [
            {
              modelsOwnedBy: 'Envoy AI Gateway',
              backendRefs: [{ weight: 1, priority: 0 }],
              matches: [{ headers: [{ type: 'Exact' }] }],
            },
          ],
        },
      },
    });
  });

  test('a GatewayClass has no namespace', () => {
    const parsed = parseResource({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata,
      spec: { controllerName: 'c' },
    });
    expect(parsed).toMatchObject({ ok: true, resource: { metadata: { name: 'x' } } });
  });

  test.each([...kubernetesOnlyKinds])('%s is left to Kubernetes without a word', (kind) => {
    const resource: Partial<IgnoredResource> = {
      kind: 'Ignored',
      originalKind: kind,
      reason: 'KubernetesOnly',
    };
    expect(parseResource({ apiVersion: 'any/v1', kind, metadata, spec: {} })).toMatchObject({
      ok: true,
      resource,
      warnings: [],
    });
  });

  test('an unknown kind is named in a warning', () => {
    const parsed = parseResource({ apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata });
    expect(parsed).toMatchObject({
      ok: true,
      resource: { kind: 'Ignored', reason: 'Unknown' },
      warnings: [{ path: 'kind', message: 'unknown kind Gateway of networking.istio.io/v1: ignored' }],
    });
  });
});
