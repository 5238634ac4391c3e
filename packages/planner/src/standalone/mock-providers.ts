import type { AwsAuth, BackendAuth } from '@aigw/api-types';
import type { Endpoint } from '../resolve/endpoint.ts';
import type { ResolvedBackend, ResolvedRoute } from '../resolve/resolved-route.ts';
import type { MockOptions } from './standalone-plan.ts';

/** Text that stands where a user's own value is to be. */
export const isPlaceholder = (value: string): boolean =>
  value === '' || value.includes('${') || /^(AWS_|ANTHROPIC_|OPENAI_|YOUR[_-]|<)/.test(value);

/** True when a credentials file holds no key, or a placeholder in place of one. */
function hasPlaceholderKeys(file: string): boolean {
  const values = [...file.matchAll(/^\s*aws_(?:access_key_id|secret_access_key)\s*=[ \t]*(.*)$/gm)];
  return values.length === 0 || values.some(([, value = '']) => isPlaceholder(value.trim()));
}

function mockAws(aws: AwsAuth, mock: MockOptions): AwsAuth {
  if (aws.credentialFileLiteral !== undefined && !hasPlaceholderKeys(aws.credentialFileLiteral)) return aws;
  return {
    ...(aws.region !== undefined && { region: aws.region }),
    credentialFileLiteral: mock.awsCredentialsFile,
  };
}

function mockAuth(auth: BackendAuth, mock: MockOptions): BackendAuth {
  const { aws, apiKey, anthropicAPIKey } = auth;
  if (aws !== undefined) return { ...auth, aws: mockAws(aws, mock) };
  if (apiKey !== undefined && isPlaceholder(apiKey.key))
    return { ...auth, apiKey: { key: mock.openaiApiKey } };
  if (anthropicAPIKey !== undefined && isPlaceholder(anthropicAPIKey.key)) {
    return { ...auth, anthropicAPIKey: { key: mock.anthropicApiKey } };
  }
  return auth;
}

/** The mock's address in plain text; the host stays the provider's. */
function mockEndpoint(endpoint: Endpoint, { address, port }: MockOptions): Endpoint {
  const { host, hostname } = endpoint;
  return { address: { kind: 'ip', address, port }, host, ...(hostname !== undefined && { hostname }) };
}

function mockBackend(backend: ResolvedBackend, mock: MockOptions): ResolvedBackend {
  const isMocked = ({ hostname }: Endpoint): boolean =>
    hostname !== undefined && mock.isProviderHost(hostname);
  if (!backend.endpoints.some(isMocked)) return backend;
  const endpoints = backend.endpoints.map((endpoint) =>
    isMocked(endpoint) ? mockEndpoint(endpoint, mock) : endpoint,
  );
  const { auth } = backend;
  return { ...backend, endpoints, ...(auth !== undefined && { auth: mockAuth(auth, mock) }) };
}

/** Routes whose provider hosts are the mock, with its credentials in place of placeholders. Real keys stay as they are. */
export function withMockProviders(routes: readonly ResolvedRoute[], mock: MockOptions): ResolvedRoute[] {
  return routes.map((route) => ({
    ...route,
    rules: route.rules.map((rule) => ({
      ...rule,
      backends: rule.backends.map((backend) => mockBackend(backend, mock)),
    })),
  }));
}
