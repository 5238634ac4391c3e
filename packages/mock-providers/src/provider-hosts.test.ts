import { bedrockRegion, isProviderHost } from './provider-hosts.ts';

test.each([
  ['bedrock-runtime.us-east-1.amazonaws.com', 'us-east-1'],
  ['Bedrock-Runtime.US-West-2.amazonaws.com:443', 'us-west-2'],
  ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['bedrock-runtime.eu-west-1.api.aws', 'eu-west-1'],
  ['vpce-0a1b-c2.bedrock-runtime.us-east-1.vpce.amazonaws.com', 'us-east-1'],
])('%s is in %s', (host, region) => {
  expect(bedrockRegion(host)).toBe(region);
  expect(isProviderHost(host)).toBe(true);
});

test.each(['api.anthropic.com', 'api.openai.com', 'API.OPENAI.COM:443'])('%s is a provider', (host) => {
  expect(isProviderHost(host)).toBe(true);
});

test.each([
  'localhost',
  '127.0.0.1:8080',
  'bedrock-runtime.us-east-1.amazonaws.com.evil.example',
  'xbedrock-runtime.us-east-1.amazonaws.com',
  'bedrock.us-east-1.amazonaws.com',
  's3.us-east-1.amazonaws.com',
  'notapi.openai.com',
  '',
])('%j is not', (host) => {
  expect(isProviderHost(host)).toBe(false);
});
