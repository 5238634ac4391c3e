import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '../json.ts';
import { at, planYaml, problemsOf } from '../__fixtures__/plan-yaml.ts';
import { awsYaml, backendYaml, bedrockHost, keyYaml, model, routeYaml } from '../__fixtures__/resources.ts';

const fixtures = new URL('../__fixtures__/', import.meta.url);
const names = readdirSync(fixtures).flatMap((file) => (file.endsWith('.in.yaml') ? [file.slice(0, -8)] : []));

describe('plans', () => {
  test.each(names)('%s', (name) => {
    const { envoy, ...plan } = planYaml(readFileSync(new URL(`${name}.in.yaml`, fixtures), 'utf8'));
    // What is the same for all (listeners, bootstrap, filters, limits) has its own tests.
    const clusters = (at(envoy.clusters, 'resources') as JsonObject[]).slice(1).map((cluster) => ({
      ...cluster,
      typed_extension_protocol_options: undefined,
      circuit_breakers: undefined,
    }));
    const got = { ...plan, routes: at(envoy.routes, 'resources'), clusters };
    const golden = new URL(`${name}.out.json`, fixtures);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, `${JSON.stringify(got, null, 2)}\n`);
    expect(JSON.parse(JSON.stringify(got))).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
  });

  test('are the same for the same resources', () => {
    const text = routeYaml(`[{backendRefs: [{name: a}, {name: b, priority: 1}], matches: ${model('m')}}]`);
    const all =
      text + backendYaml('a', 'AWSBedrock', bedrockHost) + backendYaml('b', 'Anthropic', 'api.anthropic.com');
    expect(JSON.stringify(planYaml(all))).toBe(JSON.stringify(planYaml(all)));
  });

  test('nothing but a Secret gives nothing to bind', () => {
    const plan = planYaml('{apiVersion: v1, kind: Secret, metadata: {name: s}}');
    expect(plan.listeners).toEqual([]);
    expect(at(plan.envoy.listeners, 'resources')).toEqual([]);
  });
});

describe('problems', () => {
  test('faulty costs are errors, of a GatewayConfig that nobody names too', () => {
    const faulty = '{metadataKey: k, type: CEL, cel: nosuch}';
    const text = `${routeYaml('[]', `  llmRequestCosts: [${faulty}]\n`)}
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: GatewayConfig
metadata: {name: settings}
spec: {globalLLMRequestCosts: [${faulty}]}
`;
    expect(problemsOf(planYaml(text))).toEqual(
      expect.arrayContaining([
        'error AIGatewayRoute default/r spec.llmRequestCosts[0].cel: the cost "k" is not counted: Unknown variable: nosuch',
        'error GatewayConfig default/settings spec.globalLLMRequestCosts[0].cel: the cost "k" is not counted: Unknown variable: nosuch',
      ]),
    );
  });

  const rules = `[{backendRefs: [{name: a}], matches: ${model('m')}}]`;
  const bedrock = routeYaml(rules) + backendYaml('a', 'AWSBedrock', bedrockHost);

  test.each([
    {
      name: 'a missing backend, with what there is',
      yaml:
        routeYaml('[{backendRefs: [{name: a}, {name: typo}]}]') +
        backendYaml('a', 'OpenAI', 'api.openai.com'),
      want: 'error AIGatewayRoute default/r spec.rules[0].backendRefs[1].name: AIServiceBackend default/typo does not exist; there are default/a',
    },
    {
      name: 'a missing server',
      yaml:
        routeYaml(rules) +
        backendYaml('a', 'OpenAI', 'api.openai.com').replace(
          'kind: Backend\nmetadata: {name: a}',
          'kind: Backend\nmetadata: {name: z}',
        ),
      want: 'error AIServiceBackend default/a spec.backendRef.name: Backend default/a does not exist; there are default/z',
    },
    {
      name: 'a missing Secret',
      yaml: bedrock + awsYaml('p', 'a', '{credentialsFile: {secretRef: {name: nope}}}'),
      want: 'error BackendSecurityPolicy default/p spec.awsCredentials.credentialsFile.secretRef.name: Secret default/nope does not exist; there is none in namespace default',
    },
    {
      name: 'a Secret without the key',
      yaml:
        bedrock +
        awsYaml('p', 'a', '{credentialsFile: {secretRef: {name: s}}}') +
        '\n---\n{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {other: x}}',
      want: 'error BackendSecurityPolicy default/p spec.awsCredentials.credentialsFile.secretRef: Secret default/s has no key "credentials"; it has other',
    },
    {
      name: 'a Secret of another namespace without a grant',
      yaml: bedrock + awsYaml('p', 'a', '{credentialsFile: {secretRef: {name: s, namespace: vault}}}'),
      want: 'error BackendSecurityPolicy default/p spec.awsCredentials.credentialsFile.secretRef.namespace: a ReferenceGrant in namespace vault must allow BackendSecurityPolicy of namespace default to refer to Secret s',
    },
    {
      name: 'two policies on one backend',
      yaml: bedrock + awsYaml('p', 'a', '{}') + awsYaml('q', 'a', '{}'),
      want: 'error BackendSecurityPolicy default/q spec.targetRefs: AIServiceBackend default/a already has BackendSecurityPolicy default/p',
    },
    {
      name: 'a duplicate name, with where the first is',
      yaml: `${bedrock}\n---\n${routeYaml(rules)}`,
      want: 'error AIGatewayRoute default/r metadata.name: also defined in test.yaml, document 1',
    },
    {
      name: 'a region that nothing says',
      yaml:
        routeYaml(rules) + backendYaml('a', 'AWSBedrock', 'bedrock.example.com') + awsYaml('p', 'a', '{}'),
      want: 'error BackendSecurityPolicy default/p spec.awsCredentials.region: expected the region: neither the host nor an ARN of the backend says it',
    },
    {
      name: 'a key of several lines',
      yaml:
        routeYaml(rules) +
        backendYaml('a', 'Anthropic', 'api.anthropic.com') +
        keyYaml('k', 'a', 'AnthropicAPIKey', 'a\nb'),
      want: 'error BackendSecurityPolicy default/k spec.anthropicAPIKey.secretRef: expected the key as one line of ASCII text',
    },
    {
      name: 'a regular expression that Envoy refuses',
      yaml: routeYaml('[{matches: [{headers: [{name: x, type: RegularExpression, value: "(?=a)"}]}]}]'),
      want: 'error AIGatewayRoute default/r spec.rules[0].matches[0].headers[0].value: expected a regular expression: RE2 has no look-around and no back references',
    },
    {
      name: 'a socket among names',
      yaml:
        routeYaml('[{backendRefs: [{name: a}, {name: b}]}]') +
        backendYaml('a', 'OpenAI', 'api.openai.com') +
        backendYaml('b', 'OpenAI', 'x.example').replace(
          '{fqdn: {hostname: x.example, port: 443}}',
          '{unix: {path: /x}}',
        ),
      want: 'error AIGatewayRoute default/r spec.rules[0].backendRefs[1]: a Unix socket cannot stand in one rule with host names; use two rules',
    },
    {
      name: 'an unserved schema',
      yaml: routeYaml(rules) + backendYaml('a', 'GCPVertexAI', 'vertex.example.com'),
      want: 'warning AIServiceBackend default/a spec.schema: NotAccepted: the schema GCPVertexAI is not supported',
    },
    {
      name: 'a model whose endpoint the backend does not serve',
      yaml:
        routeYaml('[{backendRefs: [{name: a, modelNameOverride: cohere.embed-v4:0}]}]') +
        backendYaml('a', 'Anthropic', 'api.anthropic.com'),
      want: 'warning AIGatewayRoute default/r spec.rules[0].backendRefs[0]: a backend of schema Anthropic does not serve /v1/embeddings, the endpoint of cohere.embed-v4:0: requests will be answered with 400',
    },
    {
      name: 'an InferencePool',
      yaml: routeYaml(
        '[{backendRefs: [{name: p, group: inference.networking.k8s.io, kind: InferencePool}]}]',
      ),
      want: 'warning AIGatewayRoute default/r spec.rules[0].backendRefs[0].kind: NotAccepted: InferencePool backends are not supported',
    },
    {
      name: 'a policy for a backend that is not there',
      yaml: bedrock + awsYaml('p', 'typo', '{}'),
      want: 'error BackendSecurityPolicy default/p spec.targetRefs[0].name: AIServiceBackend default/typo does not exist; there are default/a',
    },
    {
      name: 'a policy for an InferencePool',
      yaml:
        bedrock +
        awsYaml('p', 'a', '{}').replace(
          'group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: a}]',
          'group: inference.networking.k8s.io, kind: InferencePool, name: a}]',
        ),
      want: 'warning BackendSecurityPolicy default/p spec.targetRefs[0].kind: NotAccepted: InferencePool is not supported',
    },
    {
      name: 'a missing Secret of an OIDC client',
      yaml:
        bedrock +
        awsYaml(
          'p',
          'a',
          '{oidcExchangeToken: {awsRoleArn: "arn:aws:iam::1:role/r", oidc: {provider: {issuer: "https://i"}, clientID: c, clientSecret: {name: gone}}}}',
        ),
      want: expect.stringContaining(
        'error BackendSecurityPolicy default/p spec.awsCredentials.oidcExchangeToken.oidc.clientSecret.name:',
      ) as string,
    },
    {
      name: 'an OIDC client without an id',
      yaml:
        bedrock +
        awsYaml(
          'p',
          'a',
          '{oidcExchangeToken: {awsRoleArn: "arn:aws:iam::1:role/r", oidc: {provider: {issuer: "https://i"}, clientIDRef: {name: c}, clientSecret: {name: s}}}}',
        ),
      want: 'error BackendSecurityPolicy default/p spec.awsCredentials.oidcExchangeToken.oidc.clientID: expected the id of the client; clientIDRef is not read',
    },
    {
      name: 'a listener that takes no route',
      yaml: `${bedrock.replace('{name: gw}', '{name: gw, sectionName: other}')}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: gw}, spec: {gatewayClassName: x, listeners: [{name: http, port: 80, protocol: HTTP}]}}`,
      want: 'warning AIGatewayRoute default/r spec.parentRefs[0]: no listener of Gateway default/gw takes this route: check sectionName, port, hostnames and allowedRoutes',
    },
    {
      name: 'a listener that does not select the namespace of the route',
      yaml: `${bedrock}
---
{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {team: web}}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: gw}, spec: {gatewayClassName: x, listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: ai}}}}}]}}`,
      want: 'warning AIGatewayRoute default/r spec.parentRefs[0]: no listener of Gateway default/gw takes this route: check sectionName, port, hostnames and allowedRoutes',
    },
    {
      name: 'an unused backend',
      yaml: bedrock + backendYaml('z', 'OpenAI', 'api.openai.com'),
      want: 'warning AIServiceBackend default/z : no route refers to it',
    },
    {
      name: 'unsigned requests to AWS',
      yaml: bedrock,
      want: 'warning AIServiceBackend default/a spec: no BackendSecurityPolicy targets it: requests to AWS are not signed',
    },
    {
      name: 'plain text to port 443',
      yaml: bedrock.slice(0, bedrock.lastIndexOf('---')),
      want: 'warning Backend default/a spec.endpoints[0]: port 443 without a BackendTLSPolicy: requests, keys included, are sent in plain text',
    },
    {
      name: 'a setting without effect',
      yaml: `${bedrock}\n---\n{apiVersion: gateway.envoyproxy.io/v1alpha1, kind: ClientTrafficPolicy, metadata: {name: c}, spec: {http2: {}}}`,
      want: 'warning ClientTrafficPolicy default/c spec.http2: has no effect standalone',
    },
    {
      name: 'an ExternalName into the cluster',
      yaml:
        routeYaml(rules) +
        backendYaml('a', 'OpenAI', 'x.example').replace(
          'kind: Backend, group: gateway.envoyproxy.io',
          'kind: Service',
        ) +
        '\n---\n{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: ExternalName, externalName: kubernetes.default.svc}}',
      want: 'error Service default/a spec.externalName: expected the DNS name of a server outside of the cluster',
    },
  ])('name $name', ({ yaml, want }) => {
    expect(problemsOf(planYaml(yaml))).toEqual(expect.arrayContaining([want]));
  });

  test('are none where requests may bring their own credentials', () => {
    const override = '{}\n  credentialOverride: {fromRequestHeaders: {}}';
    expect(problemsOf(planYaml(bedrock + awsYaml('p', 'a', override)))).toEqual([]);
  });

  test('carry file and document', () => {
    const { problems } = planYaml(routeYaml('[{backendRefs: [{name: typo}]}]'));
    expect(problems[0]?.source).toEqual({ file: 'test.yaml', document: 1 });
  });

  test('come all at once', () => {
    const plan = planYaml(routeYaml('[{backendRefs: [{name: a}, {name: b}]}, {backendRefs: [{name: c}]}]'));
    expect(plan.problems.filter(({ severity }) => severity === 'error')).toHaveLength(3);
  });

  test('never contain a key', () => {
    const yaml = bedrock + keyYaml('k', 'a', 'APIKey', 'sk-canary\nsecond');
    expect(JSON.stringify(planYaml(yaml).problems)).not.toContain('sk-canary');
  });
});

describe('references across namespaces', () => {
  const other = backendYaml('a', 'OpenAI', 'api.openai.com').replaceAll(
    'metadata: {name: a}',
    'metadata: {name: a, namespace: team}',
  );
  const route = routeYaml('[{backendRefs: [{name: a, namespace: team}]}]');
  const grant = (from: string): string => `
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: g, namespace: team}
spec:
  from: [{group: aigateway.envoyproxy.io, kind: AIGatewayRoute, namespace: ${from}}]
  to: [{group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: a}]`;

  test('need a grant', () => {
    expect(planYaml(route + other).filterConfig.backends).toEqual([]);
    expect(planYaml(route + other + grant('elsewhere')).filterConfig.backends).toEqual([]);
  });

  test('work with one', () => {
    expect(planYaml(route + other + grant('default')).filterConfig.backends).toMatchObject([
      { name: expect.stringMatching(/^default\/a\/route\/r\/rule\/0\/ref\/0\/to\/[0-9a-f]{8}$/) as string },
    ]);
  });
});
