import { findUnservedEndpoint } from './unserved-endpoint.ts';

test.each([
  ['amazon.titan-embed-text-v2:0', 'AWSBedrock', undefined],
  ['amazon.titan-embed-text-v2:0', 'AWSAnthropic', '/v1/embeddings'],
  ['text-embedding-3-small', 'OpenAI', undefined],
  ['text-embedding-3-small', 'Anthropic', '/v1/embeddings'],
  ['gpt-3.5-turbo-instruct', 'AWSBedrock', '/v1/completions'],
  ['gpt-3.5-turbo-instruct', 'OpenAI', undefined],
  ['claude-sonnet-4-5', 'Anthropic', undefined],
] as const)('%s at a backend of schema %s: %s', (model, schema, want) => {
  expect(findUnservedEndpoint(model, schema)).toBe(want);
});
