import { bedrockModelPatterns, buildEnvironmentResources } from './environment-resources.ts';
import { loadEnvironment } from './load-environment.ts';
import { parseProviderEnvironment } from './provider-environment.ts';

const all = {
  OPENAI_API_KEY: 'o',
  ANTHROPIC_API_KEY: 'a',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'i',
  AWS_SECRET_ACCESS_KEY: 's',
};

interface Built {
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
  stringData: Record<string, string>;
}

const build = (environment: Record<string, string>): Built[] =>
  buildEnvironmentResources(parseProviderEnvironment(environment)) as Built[];
const find = (resources: Built[], kind: string, name = 'aigw'): Built | undefined =>
  resources.find((one) => one.kind === kind && one.metadata.name === name);

interface Match {
  headers: [{ type: string; value: string }];
}

/** The backend of the first rule that takes a model; the rules are in this order on purpose. */
function route(resources: Built[], model: string): string {
  const rules = find(resources, 'AIGatewayRoute')!.spec['rules'] as {
    matches?: Match[];
    backendRefs: [{ name: string }];
  }[];
  const isMatch = ({ headers: [{ type, value }] }: Match): boolean =>
    type === 'Exact' ? value === model : new RegExp(`^(?:${value})$`).test(model);
  const rule = rules.find(({ matches }) => matches === undefined || matches.some(isMatch));
  return rule?.backendRefs[0].name ?? 'none';
}

test.each([
  ['claude-sonnet-4-5', 'anthropic'],
  ['claude-opus-4', 'anthropic'],
  ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'bedrock'],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'bedrock'],
  ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'bedrock'],
  ['us-gov.anthropic.claude-3-5-sonnet-20240620-v1:0', 'bedrock'],
  ['us.meta.llama3-2-1b-instruct-v1:0', 'bedrock'],
  ['amazon.nova-micro-v1:0', 'bedrock'],
  ['openai.gpt-oss-120b-1:0', 'bedrock'],
  ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc', 'bedrock'],
  ['arn:aws-us-gov:bedrock:us-gov-west-1:1:inference-profile/x', 'bedrock'],
  ['gpt-4.1', 'openai'],
  ['gpt-4o-mini', 'openai'],
  ['gemini-1.5-pro', 'openai'],
  ['meta-llama/Llama-3.2-1B', 'openai'],
  ['my-claude-3', 'openai'],
])('with every provider, %s goes to %s', (model, provider) => {
  expect(route(build(all), model)).toBe(provider);
});

test('a provider that is alone gets every model', () => {
  expect(route(build({ ANTHROPIC_API_KEY: 'a' }), 'some-proxy-model')).toBe('anthropic');
  expect(route(build({ AWS_REGION: 'us-east-1' }), 'anything')).toBe('bedrock');
});

test('without OpenAI, what neither of two providers knows has no route', () => {
  const { OPENAI_API_KEY: _, ...two } = all;
  expect(route(build(two), 'gpt-4o')).toBe('none');
});

test('the patterns are ones that Envoy takes: no look-around or back-reference, and small', () => {
  for (const pattern of bedrockModelPatterns) {
    expect(pattern).not.toMatch(/\(\?|\\[1-9]/);
    expect(pattern.length).toBeLessThan(80);
  }
});

test.each([
  [
    'OPENAI',
    'https://openrouter.ai/api/v1',
    'api/v1',
    { fqdn: { hostname: 'openrouter.ai', port: 443 } },
    true,
  ],
  ['OPENAI', 'http://127.0.0.1:11434/v1/', 'v1', { ip: { address: '127.0.0.1', port: 11434 } }, false],
  ['OPENAI', 'http://[::1]:8000/v1', 'v1', { ip: { address: '::1', port: 8000 } }, false],
  ['OPENAI', 'http://localhost', 'v1', { fqdn: { hostname: 'localhost', port: 80 } }, false],
  [
    'ANTHROPIC',
    'https://api.anthropic.com',
    'v1',
    { fqdn: { hostname: 'api.anthropic.com', port: 443 } },
    true,
  ],
  [
    'ANTHROPIC',
    'https://proxy.example:8443/claude',
    'claude/v1',
    { fqdn: { hostname: 'proxy.example', port: 8443 } },
    true,
  ],
])('%s at %s: prefix %s', (provider, url, prefix, ...[endpoint, isTls]) => {
  const name = provider.toLowerCase();
  const resources = build({ [`${provider}_API_KEY`]: 'k', [`${provider}_BASE_URL`]: url });
  expect(find(resources, 'AIServiceBackend', name)?.spec['schema']).toMatchObject({ prefix });
  expect(find(resources, 'Backend', name)?.spec).toEqual({ endpoints: [endpoint] });
  expect(find(resources, 'BackendTLSPolicy', name) !== undefined).toBe(isTls);
});

test('AWS credentials stay where they are; a Bedrock API key becomes a bearer token', () => {
  const policy = (environment: Record<string, string>) =>
    find(build(environment), 'BackendSecurityPolicy', 'bedrock')?.spec;
  expect(policy(all)).toMatchObject({ type: 'AWSCredentials', awsCredentials: { region: 'us-east-1' } });
  expect(JSON.stringify(build(all))).not.toContain('AWS_SECRET');
  const bearer = { AWS_REGION: 'us-east-1', AWS_BEARER_TOKEN_BEDROCK: 'b' };
  expect(policy(bearer)).toMatchObject({
    type: 'APIKey',
    apiKey: { secretRef: { name: 'bedrock-api-key' } },
  });
  expect(find(build(bearer), 'Secret', 'bedrock-api-key')?.stringData).toEqual({ apiKey: 'b' });
});

test('everything that is built is valid, and passes the same door as files', () => {
  const { entries, problems } = loadEnvironment(all, false);
  expect(problems).toEqual([]);
  expect(entries.map(({ resource }) => resource.kind)).toEqual(
    expect.arrayContaining(['Gateway', 'AIGatewayRoute', 'Secret']),
  );
});

test('nothing configured is said in one sentence with what to set', () => {
  expect(() => loadEnvironment({}, false)).toThrow(/OPENAI_API_KEY.*ANTHROPIC_API_KEY.*AWS_REGION.*--mock/s);
});

test('with the mock, every provider is there, whatever is set', () => {
  const { entries } = loadEnvironment({ OPENAI_API_KEY: 'a-real-key', AWS_PROFILE: 'x' }, true);
  const names = entries.flatMap(({ resource }) =>
    resource.kind === 'AIServiceBackend' ? [resource.metadata.name] : [],
  );
  expect(names).toEqual(['anthropic', 'bedrock', 'openai']);
  expect(JSON.stringify(entries)).not.toContain('a-real-key');
});
