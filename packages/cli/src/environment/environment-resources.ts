import type { BedrockProvider, KeyedProvider, ProviderEnvironment } from './provider-environment.ts';

const geography = '([a-z-]+\\.)?';

/**
 * Models that say by themselves that they are Bedrock's: ARNs, and ids that start with the vendor, or as inference profiles
 * with a geography before it. In pieces, because Envoy limits the size of one expression.
 */
export const bedrockModelPatterns = [
  'arn:aws[a-z-]*:(bedrock|sagemaker):.+',
  `${geography}(ai21|amazon|anthropic|cohere|deepseek)\\..+`,
  `${geography}(google|luma|meta|minimax|mistral|moonshot)\\..+`,
  `${geography}(nvidia|openai|qwen|stability|twelvelabs)\\..+`,
  `${geography}(writer|zai)\\..+`,
];

const gatewayName = 'aigw';
const aigateway = 'aigateway.envoyproxy.io/v1beta1';
const envoyGateway = 'gateway.envoyproxy.io/v1alpha1';

interface ProviderParts {
  name: 'openai' | 'anthropic' | 'bedrock';
  baseUrl: URL;
  schema: Record<string, string>;
  /** The policy's `type` and its credential field. */
  policy: Record<string, unknown>;
  secret?: { name: string; apiKey: string };
  /** Regular expressions on the model, one of which has to match; the default rule when absent. */
  models?: readonly string[];
  /** A model that the provider surely has: for the list of models and for lines to try. */
  example?: string;
}

/**
 * The resources that the environment stands for, as one would write them in YAML: one Gateway on port 1975, one route, and
 * a backend with its credentials per provider. `claude-*` goes to Anthropic, Bedrock's ids and ARNs to Bedrock, everything
 * else to OpenAI; a provider that is alone gets everything.
 */
export function buildEnvironmentResources(environment: ProviderEnvironment): unknown[] {
  const providers = [
    ...(environment.anthropic ? [describeAnthropic(environment.anthropic)] : []),
    ...(environment.bedrock ? [describeBedrock(environment.bedrock)] : []),
    ...(environment.openai ? [describeOpenAi(environment.openai)] : []),
  ];
  const isAlone = providers.length === 1;
  return [
    ...buildGateway(),
    buildRoute(providers, isAlone),
    ...providers.flatMap((provider) => buildProvider(provider)),
  ];
}

function describeAnthropic({ key, baseUrl }: KeyedProvider): ProviderParts {
  const secret = { name: 'anthropic-api-key', apiKey: key };
  return {
    name: 'anthropic',
    baseUrl,
    schema: { name: 'Anthropic', prefix: joinPath(baseUrl.pathname, 'v1') },
    policy: { type: 'AnthropicAPIKey', anthropicAPIKey: { secretRef: { name: secret.name } } },
    secret,
    models: ['claude-.+'],
    ...(baseUrl.host === 'api.anthropic.com' && { example: 'claude-sonnet-4-5' }),
  };
}

function describeOpenAi({ key, baseUrl }: KeyedProvider): ProviderParts {
  const secret = { name: 'openai-api-key', apiKey: key };
  return {
    name: 'openai',
    baseUrl,
    schema: { name: 'OpenAI', prefix: joinPath(baseUrl.pathname) || 'v1' },
    policy: { type: 'APIKey', apiKey: { secretRef: { name: secret.name } } },
    secret,
    ...(baseUrl.host === 'api.openai.com' && { example: 'gpt-4o-mini' }),
  };
}

function describeBedrock({ region, endpoint, apiKey }: BedrockProvider): ProviderParts {
  const parts = {
    name: 'bedrock' as const,
    baseUrl: endpoint,
    schema: { name: 'AWSBedrock' },
    models: bedrockModelPatterns,
    example: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
  };
  if (apiKey === undefined)
    return { ...parts, policy: { type: 'AWSCredentials', awsCredentials: { region } } };
  const secret = { name: 'bedrock-api-key', apiKey };
  return { ...parts, policy: { type: 'APIKey', apiKey: { secretRef: { name: secret.name } } }, secret };
}

function buildGateway(): unknown[] {
  return [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: gatewayName },
      spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: gatewayName, namespace: 'default' },
      spec: { gatewayClassName: gatewayName, listeners: [{ name: 'http', protocol: 'HTTP', port: 1975 }] },
    },
  ];
}

function buildRoute(providers: readonly ProviderParts[], isAlone: boolean): unknown {
  const rules = providers.flatMap(({ name, models, example }) => [
    ...(example === undefined ? [] : [buildRule(name, `${name}-example`, 'Exact', [example])]),
    buildRule(name, name, 'RegularExpression', isAlone ? undefined : models),
  ]);
  return {
    apiVersion: aigateway,
    kind: 'AIGatewayRoute',
    metadata: { name: gatewayName, namespace: 'default' },
    spec: {
      parentRefs: [{ name: gatewayName, kind: 'Gateway', group: 'gateway.networking.k8s.io' }],
      rules,
    },
  };
}

function buildRule(
  backend: string,
  name: string,
  type: 'Exact' | 'RegularExpression',
  models: readonly string[] | undefined,
): unknown {
  const matches = models?.map((value) => ({ headers: [{ type, name: 'x-ai-eg-model', value }] }));
  return { name, ...(matches && { matches }), backendRefs: [{ name: backend }] };
}

function buildProvider({ name, baseUrl, schema, policy, secret }: ProviderParts): unknown[] {
  const metadata = { name, namespace: 'default' };
  const isTls = baseUrl.protocol === 'https:';
  const backendRef = { name, kind: 'Backend', group: 'gateway.envoyproxy.io' };
  const targetRefs = [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name }];
  return [
    { apiVersion: aigateway, kind: 'AIServiceBackend', metadata, spec: { schema, backendRef } },
    { apiVersion: aigateway, kind: 'BackendSecurityPolicy', metadata, spec: { targetRefs, ...policy } },
    { apiVersion: envoyGateway, kind: 'Backend', metadata, spec: { endpoints: [buildEndpoint(baseUrl)] } },
    ...(isTls ? [buildTlsPolicy(name, baseUrl.hostname)] : []),
    ...(secret
      ? [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { ...metadata, name: secret.name },
            stringData: { apiKey: secret.apiKey },
          },
        ]
      : []),
  ];
}

function buildEndpoint({ protocol, hostname, port: given }: URL): unknown {
  const port = given === '' ? (protocol === 'https:' ? 443 : 80) : Number(given);
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(hostname) || hostname.startsWith('[');
  const address = hostname.replace(/^\[|\]$/g, '');
  return isAddress ? { ip: { address, port } } : { fqdn: { hostname, port } };
}

function buildTlsPolicy(name: string, hostname: string): unknown {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    metadata: { name, namespace: 'default' },
    spec: {
      targetRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name }],
      validation: { wellKnownCACertificates: 'System', hostname },
    },
  };
}

function joinPath(...parts: string[]): string {
  return parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/');
}
