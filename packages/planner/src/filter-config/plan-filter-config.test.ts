import { mock, planYaml } from '../__fixtures__/plan-yaml.ts';
import { awsYaml, backendYaml, bedrockHost, keyYaml, model, routeYaml } from '../__fixtures__/resources.ts';

const bedrock = backendYaml('a', 'AWSBedrock', bedrockHost);
const anthropic = backendYaml('b', 'Anthropic', 'api.anthropic.com');
const one = routeYaml(`[{backendRefs: [{name: a}], matches: ${model('m')}}]`);
const secret = (text: string): string =>
  `\n---\n{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {credentials: "${Buffer.from(text).toString('base64')}"}}`;
const file = '[default]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n';
const placeholder =
  '[default]\naws_access_key_id=AWS_ACCESS_KEY_ID\naws_secret_access_key=AWS_SECRET_ACCESS_KEY\n';

describe('credentials', () => {
  test.each([
    {
      name: 'a file, with the region of the host',
      yaml: bedrock + awsYaml('p', 'a', '{credentialsFile: {secretRef: {name: s}}}') + secret(file),
      want: { aws: { region: 'us-west-2', credentialFileLiteral: file } },
    },
    {
      name: 'a profile of the file',
      yaml:
        bedrock +
        awsYaml('p', 'a', '{region: eu-west-1, credentialsFile: {profile: prod, secretRef: {name: s}}}') +
        secret(file),
      want: { aws: { region: 'eu-west-1', credentialFileLiteral: file, profile: 'prod' } },
    },
    {
      name: 'a role',
      yaml: bedrock + awsYaml('p', 'a', '{oidcConfig: {roleArn: "arn:aws:iam::1:role/r"}}'),
      want: { aws: { region: 'us-west-2', roleArn: 'arn:aws:iam::1:role/r' } },
    },
    {
      name: 'a role by its other name',
      yaml: bedrock + awsYaml('p', 'a', '{oidcExchangeToken: {awsRoleArn: "arn:aws:iam::1:role/r"}}'),
      want: { aws: { region: 'us-west-2', roleArn: 'arn:aws:iam::1:role/r' } },
    },
    {
      name: "the client's secret of an OIDC exchange",
      yaml:
        bedrock +
        awsYaml(
          'p',
          'a',
          '{oidcExchangeToken: {awsRoleArn: "arn:aws:iam::1:role/r", aud: sts.amazonaws.com, oidc: {provider: {issuer: "https://issuer"}, clientID: c, clientSecret: {name: s}, scopes: [aws], redirectURL: x}}}',
        ) +
        secret(file).replace('credentials:', 'client-secret:'),
      want: {
        aws: {
          region: 'us-west-2',
          roleArn: 'arn:aws:iam::1:role/r',
          oidc: {
            issuer: 'https://issuer',
            clientId: 'c',
            clientSecret: file.trim(),
            scopes: ['aws'],
            audience: 'sts.amazonaws.com',
          },
        },
      },
    },
    {
      name: 'a role to assume with those of a file',
      yaml:
        bedrock +
        awsYaml(
          'p',
          'a',
          '{credentialsFile: {secretRef: {name: s}}, assumeRole: {roleArn: "arn:aws:iam::1:role/r", externalId: partner-7, sessionName: gw, sessionTags: [{key: team, value: search}]}}',
        ) +
        secret(file),
      want: {
        aws: {
          region: 'us-west-2',
          credentialFileLiteral: file,
          assumeRole: {
            roleArn: 'arn:aws:iam::1:role/r',
            externalId: 'partner-7',
            sessionName: 'gw',
            sessionTags: [{ key: 'team', value: 'search' }],
          },
        },
      },
    },
    {
      name: 'the default chain',
      yaml: bedrock + awsYaml('p', 'a', '{}'),
      want: { aws: { region: 'us-west-2' } },
    },
    {
      name: 'an API key without its line end',
      yaml: backendYaml('a', 'OpenAI', 'api.openai.com') + keyYaml('k', 'a', 'APIKey', 'sk-1\n'),
      want: { apiKey: { key: 'sk-1' } },
    },
    {
      name: "Anthropic's key",
      yaml: backendYaml('a', 'Anthropic', 'api.anthropic.com') + keyYaml('k', 'a', 'AnthropicAPIKey', 'sk-2'),
      want: { anthropicAPIKey: { key: 'sk-2' } },
    },
  ])('are $name', ({ yaml, want }) => {
    expect(planYaml(one + yaml).filterConfig.backends[0]?.auth).toEqual(want);
  });

  test.each([
    ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['bedrock-runtime.eu-central-1.api.aws', 'eu-central-1'],
    ['vpce-0a1b.bedrock-runtime.us-west-2.vpce.amazonaws.com', 'us-west-2'],
    ['bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['bedrock-runtime.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
    ['bedrock-runtime.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1'],
    ['bedrock-runtime.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
    ['xbedrock-runtime.us-east-1.amazonaws.com', undefined],
    ['bedrock-runtime.us-east-1.amazonaws.com.evil.example', undefined],
  ])('of the host %s say the region %s', (host, region) => {
    const plan = planYaml(one + backendYaml('a', 'AWSBedrock', host) + awsYaml('p', 'a', '{}'));
    expect(plan.filterConfig.backends[0]?.auth?.aws?.region).toBe(region);
  });

  test('of a model ARN say the region', () => {
    const arn = 'arn:aws:bedrock:eu-central-1:1:application-inference-profile/x';
    const yaml = routeYaml(
      `[{backendRefs: [{name: a, modelNameOverride: "${arn}"}], matches: ${model('m')}}]`,
    );
    const plan = planYaml(
      yaml + backendYaml('a', 'AWSBedrock', 'proxy.example.com') + awsYaml('p', 'a', '{}'),
    );
    expect(plan.filterConfig.backends[0]?.auth?.aws?.region).toBe('eu-central-1');
  });

  test('that cannot be read leave the backend out', () => {
    const plan = planYaml(one + bedrock + awsYaml('p', 'a', '{credentialsFile: {secretRef: {name: s}}}'));
    expect(plan.filterConfig.backends).toEqual([]);
  });
});

describe("a request's own credentials", () => {
  const withOverride = (override: string): string =>
    awsYaml('p', 'a', `{credentialsFile: {secretRef: {name: s}}}\n  credentialOverride: ${override}`);
  const plan = (yaml: string): ReturnType<typeof planYaml> => planYaml(one + bedrock + yaml);

  test.each([
    ['{fromRequestHeaders: {}}', {}],
    ['{fromRequestHeaders: {header: X-Own-}}', { headerName: 'x-own-' }],
    ['{fromDynamicMetadata: {namespace: n}}', { dynamicMetadataNamespace: 'n' }],
    [
      '{fromDynamicMetadata: {namespace: n, key: k}}',
      { dynamicMetadataNamespace: 'n', dynamicMetadataKey: 'k' },
    ],
  ])('%s', (override, want) => {
    const { auth } = plan(withOverride(override) + secret(file)).filterConfig.backends[0]!;
    expect(auth).toEqual({
      aws: { region: 'us-west-2', credentialFileLiteral: file },
      credentialOverride: { ...want, fallbackToConfigured: true, inputHeadersToRemove: [] },
    });
  });

  test('need no others where nothing else may be used', () => {
    const { auth } = plan(withOverride('{fromRequestHeaders: {fallbackToConfigured: false}}')).filterConfig
      .backends[0]!;
    expect(auth).toEqual({
      aws: { region: 'us-west-2' },
      credentialOverride: { fallbackToConfigured: false, inputHeadersToRemove: [] },
    });
  });

  test('in metadata are forwarded by Envoy, and no other metadata is', () => {
    const forwarded = (yaml: string): unknown =>
      JSON.stringify(plan(yaml).envoy.clusters).match(/"forwarding_namespaces":\{[^}]*\}/g);
    const yaml = withOverride('{fromDynamicMetadata: {namespace: tenant}}') + secret(file);
    expect(forwarded(yaml)).toEqual(['"forwarding_namespaces":{"untyped":["tenant"]}']);
    expect(forwarded(withOverride('{fromRequestHeaders: {}}') + secret(file))).toBeNull();
  });
});

describe('mock', () => {
  const auth = (yaml: string): unknown => planYaml(one + yaml, { mock }).filterConfig.backends[0]?.auth;
  const mocked = { aws: { region: 'us-west-2', credentialFileLiteral: mock.awsCredentialsFile } };

  test.each([
    {
      name: 'placeholders',
      yaml: awsYaml('p', 'a', '{credentialsFile: {secretRef: {name: s}}}') + secret(placeholder),
    },
    {
      name: 'shell variables',
      yaml:
        awsYaml('p', 'a', '{credentialsFile: {secretRef: {name: s}}}') +
        secret('[default]\naws_access_key_id=${ID}\naws_secret_access_key=x\n'),
    },
    {
      name: 'an empty file',
      yaml: awsYaml('p', 'a', '{credentialsFile: {secretRef: {name: s}}}') + secret(''),
    },
    { name: 'the default chain', yaml: awsYaml('p', 'a', '{}') },
    { name: 'a role', yaml: awsYaml('p', 'a', '{oidcConfig: {roleArn: "arn:aws:iam::1:role/r"}}') },
  ])("replaces $name by the mock's credentials", ({ yaml }) => {
    expect(auth(bedrock + yaml)).toEqual(mocked);
  });

  test('keeps real keys, so that wrong ones are refused', () => {
    const yaml = awsYaml('p', 'a', '{credentialsFile: {secretRef: {name: s}}}') + secret(file);
    expect(auth(bedrock + yaml)).toEqual({ aws: { region: 'us-west-2', credentialFileLiteral: file } });
  });

  test.each([
    { key: 'ANTHROPIC_API_KEY', want: 'mock-anthropic' },
    { key: '${ANTHROPIC_API_KEY}', want: 'mock-anthropic' },
    { key: 'sk-ant-real', want: 'sk-ant-real' },
  ])('$key becomes $want', ({ key, want }) => {
    const yaml =
      backendYaml('a', 'Anthropic', 'api.anthropic.com') + keyYaml('k', 'a', 'AnthropicAPIKey', key);
    expect(auth(yaml)).toEqual({ anthropicAPIKey: { key: want } });
  });

  test("leaves other hosts' credentials alone", () => {
    const yaml =
      backendYaml('a', 'AWSBedrock', 'proxy.example.com') + awsYaml('p', 'a', '{region: us-east-1}');
    expect(auth(yaml)).toEqual({ aws: { region: 'us-east-1' } });
  });
});

describe('backends', () => {
  test('name every server that they may be sent to, names, addresses and sockets alike', () => {
    const hostsOf = (endpoints: string): unknown => {
      const yaml = backendYaml('a', 'OpenAI', 'x').replace('{fqdn: {hostname: x, port: 443}}', endpoints);
      const plain = yaml.replace(/---\napiVersion: gateway.networking.k8s.io[^]*/, '');
      return planYaml(one + plain).filterConfig.backends[0]?.hosts;
    };
    expect(
      hostsOf(
        '{fqdn: {hostname: api.example.com, port: 80}}, {ip: {address: 10.0.0.1, port: 8000}}, ' +
          '{ip: {address: 10.0.0.2, port: 80}, hostname: b.example.com}',
      ),
    ).toEqual([
      { address: 'api.example.com:80', host: 'api.example.com' },
      { address: '10.0.0.1:8000', host: '10.0.0.1:8000' },
      { address: '10.0.0.2:80', host: 'b.example.com' },
    ]);
    expect(hostsOf('{unix: {path: /run/Model.sock}}')).toEqual([
      { address: '/run/Model.sock', host: 'localhost' },
    ]);
  });

  test('are named for their place, with the host that Envoy writes', () => {
    const yaml = routeYaml(`[{backendRefs: [{name: a}, {name: b, priority: 1, modelNameOverride: x}]}]`);
    expect(planYaml(yaml + bedrock + anthropic).filterConfig.backends).toEqual([
      {
        name: expect.stringMatching(/^default\/a\/route\/r\/rule\/0\/ref\/0\/to\/[0-9a-f]{8}$/) as string,
        modelNameOverride: '',
        schema: { name: 'AWSBedrock' },
        host: bedrockHost,
        hosts: [{ address: `${bedrockHost}:443`, host: bedrockHost }],
      },
      {
        name: expect.stringMatching(/^default\/b\/route\/r\/rule\/0\/ref\/1\/to\/[0-9a-f]{8}$/) as string,
        modelNameOverride: 'x',
        schema: { name: 'Anthropic' },
        host: 'api.anthropic.com',
        hosts: [{ address: 'api.anthropic.com:443', host: 'api.anthropic.com' }],
      },
    ]);
  });

  test.each([
    { port: 443, host: bedrockHost },
    { port: 8443, host: `${bedrockHost}:8443` },
  ])('carry port $port in the host as $host', ({ port, host }) => {
    const plan = planYaml(one + backendYaml('a', 'AWSBedrock', bedrockHost, port));
    expect(plan.filterConfig.backends[0]?.host).toBe(host);
  });

  test('merge mutations, the route over the backend', () => {
    const yaml = routeYaml(`
    - backendRefs:
        - name: a
          headerMutation: {set: [{name: X-A, value: route}], remove: [x-b, x-ai-eg-model]}
          bodyMutation: {set: [{path: top_k, value: "1"}]}`);
    const backend = bedrock.replace(
      'spec: {schema: AWSBedrock,',
      'spec: {headerMutation: {set: [{name: x-a, value: backend}, {name: x-b, value: backend}], remove: [x-c]}, bodyMutation: {remove: [user]}, schema: AWSBedrock,',
    );
    expect(planYaml(yaml + backend).filterConfig.backends[0]).toMatchObject({
      httpHeaderMutation: { set: [{ name: 'x-a', value: 'route' }], remove: ['x-c', 'x-b'] },
      httpBodyMutation: { set: [{ path: 'top_k', value: '1' }], remove: ['user'] },
    });
  });

  test('carry version or prefix as their schema has it, and our additions', () => {
    const yaml =
      backendYaml('a', '{name: AWSAnthropic, version: v, prefix: p}', bedrockHost).replace(
        'spec: {schema',
        'spec: {modelFamily: claude, modelCapabilities: [{match: m, cachePoint: true}], schema',
      ) + backendYaml('b', '{name: OpenAI, version: v, prefix: p}', 'api.openai.com');
    expect(
      planYaml(routeYaml('[{backendRefs: [{name: a}, {name: b}]}]') + yaml).filterConfig.backends,
    ).toMatchObject([
      {
        schema: { name: 'AWSAnthropic', version: 'v' },
        modelFamily: 'claude',
        modelCapabilities: [{ match: 'm', cachePoint: true }],
      },
      { schema: { name: 'OpenAI', prefix: 'p' } },
    ]);
  });
});

describe('models and costs', () => {
  test('models are the exactly named ones, once each', () => {
    const rules = `[
      {backendRefs: [{name: a}], matches: ${model('m')}, modelsOwnedBy: me},
      {backendRefs: [{name: a}], matches: ${model('m')}},
      {backendRefs: [{name: a}], matches: [{headers: [{name: x-ai-eg-model, type: RegularExpression, value: "z.*"}]}]}]`;
    expect(planYaml(routeYaml(rules) + bedrock).filterConfig.models).toEqual([
      { Name: 'm', OwnedBy: 'me', CreatedAt: '1970-01-01T00:00:00Z' },
    ]);
  });

  test('models of a host are listed there only', () => {
    const yaml = routeYaml(
      `[{backendRefs: [{name: a}], matches: ${model('m')}}]`,
      '  hostnames: [a.example]',
    );
    expect(planYaml(yaml + bedrock).filterConfig).toMatchObject({
      models: [{ Name: 'm' }],
      unscopedModels: [],
      modelsByHost: { 'a.example': [{ Name: 'm' }] },
    });
  });

  test('costs of a route carry its name, those of a GatewayConfig are global', () => {
    const yaml =
      routeYaml('[]', '  llmRequestCosts: [{metadataKey: k, type: InputToken}]') +
      `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw, annotations: {aigateway.envoyproxy.io/gateway-config: c}}
spec: {gatewayClassName: x, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: GatewayConfig
metadata: {name: c}
spec: {globalLLMRequestCosts: [{metadataKey: g, type: CEL, cel: "1u"}]}`;
    expect(planYaml(yaml).filterConfig).toMatchObject({
      llmRequestCosts: [{ metadataKey: 'k', type: 'InputToken', routeName: 'default/r' }],
      globalLLMRequestCosts: [{ metadataKey: 'g', type: 'CEL', cel: '1u' }],
    });
  });
});
