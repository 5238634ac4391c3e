import { createTranslator } from '../../registry.ts';
import { jsonOf, startTranslator, testRequest, testTarget } from '../../testing/run-translator.ts';
import type { Endpoint, UpstreamRequest, UpstreamTarget } from '../../translator.ts';

const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3';
const hi = { role: 'user', content: 'hi' };
const schema = { type: 'object', properties: {}, additionalProperties: false, required: [] };
const response_format = { type: 'json_schema', json_schema: { name: 'a', schema } };
const cached = { type: 'text', text: 'long', cache_control: { type: 'ephemeral', ttl: '1h' } };

const explicit = testTarget('AWSBedrock', {
  modelCapabilities: [
    {
      match: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/*',
      family: 'claude',
      reasoning: 'thinking-budget',
      structuredOutput: 'native',
      cachePoint: true,
      cacheTtl1h: true,
      extraBetas: ['my-beta'],
      extraBodyFields: ['speed'],
    },
  ],
});
const likened = testTarget('AWSBedrock', {
  modelCapabilities: [{ match: arn, sameAs: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' }],
});
const unhinted = testTarget('AWSBedrock');

function send(endpoint: Endpoint, body: object, target: UpstreamTarget): UpstreamRequest {
  const request = testRequest(endpoint, { model: arn, messages: [hi], max_tokens: 9000, ...body });
  return startTranslator(createTranslator, request, target).request();
}

describe.each([
  ['explicit fields', explicit],
  ['the model that it is the same as', likened],
])('an ARN that hides its model, with %s', (_, target) => {
  test('thinks', () => {
    const sent = send('chatCompletions', { reasoning_effort: 'medium' }, target);
    expect(jsonOf(sent.body)).toMatchObject({
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } },
    });
    const { warnings } = send('chatCompletions', { reasoning_effort: 'medium' }, unhinted);
    expect(warnings.map(({ path }) => path)).toEqual(['reasoning_effort']);
  });

  test('has structured output of its own', () => {
    const sent = send('chatCompletions', { response_format }, target);
    expect(jsonOf(sent.body)).toHaveProperty('outputConfig.textFormat.type', 'json_schema');
    expect(jsonOf(send('chatCompletions', { response_format }, unhinted).body)).not.toHaveProperty(
      'outputConfig',
    );
  });

  test('caches, for an hour', () => {
    const messages = [{ role: 'user', content: [cached] }];
    const content = [{ text: 'long' }, { cachePoint: { type: 'default', ttl: '1h' } }];
    expect(jsonOf(send('chatCompletions', { messages }, target).body)).toMatchObject({
      messages: [{ content }],
    });
    expect(jsonOf(send('chatCompletions', { messages }, unhinted).body)).toMatchObject({
      messages: [{ content: [{ text: 'long' }] }],
    });
  });

  test('takes Anthropic’s requests in Claude’s own form', () => {
    expect(send('messages', {}, target).path).toMatch(/\/invoke$/);
    expect(send('messages', {}, unhinted).path).toMatch(/\/converse$/);
    const output_config = { format: { type: 'json_schema', schema } };
    expect(jsonOf(send('messages', { output_config }, target).body)).toHaveProperty('output_config.format');
  });
});

test('betas and body fields that configuration adds are sent', () => {
  const body = { anthropic_beta: ['my-beta'], speed: 'fast' };
  const sent = send('messages', body, explicit);
  expect(jsonOf(sent.body)).toMatchObject(body);
  expect(sent.warnings).toEqual([]);
  expect(send('messages', body, likened).warnings.map(({ path }) => path)).toEqual([
    'anthropic_beta',
    'speed',
  ]);
});

test('tokens are counted under the name of the model that it is the same as', () => {
  expect(send('countTokens', {}, likened).path).toBe(
    '/model/anthropic.claude-sonnet-4-5-20250929-v1:0/count-tokens',
  );
  expect(() => send('countTokens', {}, explicit)).toThrow(/Bedrock cannot count tokens/);
});

test('texts are embedded in the form of the model that it is the same as', () => {
  const modelCapabilities = [{ match: '*', sameAs: 'amazon.titan-embed-text-v1' }];
  const sent = send(
    'embeddings',
    { input: 'hi', messages: undefined, max_tokens: undefined },
    testTarget('AWSBedrock', { modelCapabilities }),
  );
  expect(jsonOf(sent.body)).toEqual({ inputText: 'hi' });
});
