import { parseProviderEnvironment } from './provider-environment.ts';

test('nothing set, nothing configured; empty values count as not set', () => {
  expect(parseProviderEnvironment({ HOME: '/root', OPENAI_API_KEY: ' ', AWS_REGION: '' })).toEqual({
    problems: [],
  });
});

test('base URLs default to the providers, as their SDKs have them', () => {
  const { openai, anthropic, bedrock } = parseProviderEnvironment({
    OPENAI_API_KEY: 'o',
    ANTHROPIC_API_KEY: 'a',
    AWS_REGION: 'eu-central-1',
    AWS_PROFILE: 'dev',
  });
  expect(openai).toEqual({ key: 'o', baseUrl: new URL('https://api.openai.com/v1') });
  expect(anthropic).toEqual({ key: 'a', baseUrl: new URL('https://api.anthropic.com') });
  expect(bedrock).toEqual({
    region: 'eu-central-1',
    endpoint: new URL('https://bedrock-runtime.eu-central-1.amazonaws.com'),
  });
});

test('Bedrock in China has its own domain; an endpoint and an API key can be given', () => {
  expect(parseProviderEnvironment({ AWS_REGION: 'cn-north-1' }).bedrock?.endpoint.host).toBe(
    'bedrock-runtime.cn-north-1.amazonaws.com.cn',
  );
  const given = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:4566',
    AWS_BEARER_TOKEN_BEDROCK: 'b',
  };
  expect(parseProviderEnvironment(given).bedrock).toEqual({
    region: 'us-east-1',
    endpoint: new URL('http://127.0.0.1:4566'),
    apiKey: 'b',
  });
});

test.each([
  [{ AWS_PROFILE: 'dev' }, /set AWS_REGION/],
  [{ AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B' }, /set AWS_REGION/],
  [{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'A' }, /AWS_SECRET_ACCESS_KEY is not/],
  [{ AWS_REGION: 'us-east-1.evil.example/#' }, /expected a region/],
  [{ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'localhost:11434' }, /OPENAI_BASE_URL/],
  [{ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://user:secret@host/v1' }, /OPENAI_BASE_URL/],
  [{ ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'ftp://host' }, /ANTHROPIC_BASE_URL/],
])('%j is refused in a sentence that keeps secrets', (environment, message) => {
  const { problems, openai, anthropic, bedrock } = parseProviderEnvironment(environment);
  expect(problems).toEqual([expect.stringMatching(message)]);
  expect(problems.join()).not.toContain('secret');
  expect([openai, anthropic, bedrock]).toEqual([undefined, undefined, undefined]);
});
