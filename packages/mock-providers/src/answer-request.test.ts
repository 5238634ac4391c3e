import fc from 'fast-check';
import { answerRequest } from './answer-request.ts';
import { createCredentialContext } from './credentials/mock-aws.ts';
import { createPrefixCache } from './brain/prefix-cache.ts';
import type { MockContext } from './mock-context.ts';
import { routeRequest } from './route-request.ts';

const context: MockContext = {
  now: () => new Date(0),
  cache: createPrefixCache(),
  verify: false,
  region: undefined,
  anthropicApiKeys: [],
  openaiApiKeys: [],
  bedrockApiKeys: [],
  credentialServices: createCredentialContext(
    { oidcClient: { id: 'id', secret: 'secret' } },
    'http://127.0.0.1:1',
    () => new Date(0),
  ),
  credentials: [],
};

function statusOf(path: string, body: unknown): number {
  const bytes = Buffer.from(JSON.stringify(body));
  const request = {
    method: 'POST',
    path,
    headers: [['anthropic-version', '2023-06-01']] as [string, string][],
    body: bytes,
  };
  return answerRequest(routeRequest('POST', path), request, context, 0).status;
}

/** Text that likes to be the name of something. */
const word = fc.oneof(
  fc.constantFrom(
    'text',
    'image',
    'tool_use',
    'tool_result',
    'thinking',
    'constructor',
    '__proto__',
    'user',
    'assistant',
    'tool',
    'base64',
    'enabled',
    'ephemeral',
    'object',
    'Hi.',
  ),
  fc.string({ unit: 'grapheme' }),
);
const key = fc.constantFrom(
  'type',
  'text',
  'role',
  'content',
  'source',
  'data',
  'media_type',
  'id',
  'name',
  'input',
  'tool_use_id',
  'thinking',
  'signature',
  'cache_control',
  'ttl',
  'toolUse',
  'toolResult',
  'toolUseId',
  'json',
  'format',
  'bytes',
  'image',
  'image_url',
  'function',
  'tool_calls',
  'tool_call_id',
  'arguments',
  'cachePoint',
  'reasoningContent',
  'constructor',
);
const { node } = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(key, tie('node'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const field = fc.constantFrom(
  'model',
  'messages',
  'max_tokens',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'stop_sequences',
  'stream',
  'output_config',
  'anthropic_beta',
  'inferenceConfig',
  'toolConfig',
  'additionalModelRequestFields',
  'outputConfig',
  'response_format',
  'stop',
  'n',
  'stream_options',
  'input',
);
const body = fc.dictionary(field, node, { noNullPrototype: true }).map((given): object => ({
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 50,
  model: 'm',
  messages: [{ role: 'user', content: 'x' }],
  ...given,
}));

test.each([
  '/model/anthropic.claude-sonnet-4-5-20250929-v1:0/converse',
  '/model/m/converse-stream',
  '/model/anthropic.claude-sonnet-4-5-20250929-v1:0/invoke',
  '/model/anthropic.claude-3-haiku-20240307-v1:0/invoke-with-response-stream',
  '/model/anthropic.claude-v2/count-tokens',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/chat/completions',
])('%s answers or refuses whatever JSON it is given', (path) => {
  fc.assert(
    fc.property(fc.oneof(body, fc.jsonValue()), (given) => {
      expect([200, 400, 404]).toContain(statusOf(path, given));
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['GET', '/v1/messages', 'unknown'],
  ['POST', '/anthropic/v1/messages', 'unknown'],
  ['POST', '/v1/messages/', 'unknown'],
  ['POST', '/constructor', 'unknown'],
  ['GET', '/model/a/converse', 'bedrock'],
  ['POST', '/model/a/b/converse', 'bedrock'],
  ['POST', '/model/%zz/converse', 'bedrock'],
  ['POST', '/model//converse', 'bedrock'],
])('%s %s is no operation', (method, path, provider) => {
  expect(routeRequest(method, path)).toEqual({ provider, operation: 'none' });
});

test('model ids are decoded once', () => {
  expect(routeRequest('POST', '/model/a%252Fb%3A1/invoke?x')).toEqual({
    provider: 'bedrock',
    operation: 'invoke',
    modelId: 'a%2Fb:1',
  });
});
