import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { schemaNames } from '@aigw/api-types';
import { createTranslator, upstreams } from './registry.ts';
import { testContext, testRequest, testTarget } from './testing/run-translator.ts';
import type { Endpoint, Translator, UpstreamTarget } from './translator.ts';

const folder = new URL('./upstreams/', import.meta.url);
const folders = readdirSync(folder);
const bodies: Record<Endpoint, object> = {
  chatCompletions: { messages: [{ role: 'user', content: 'hi' }] },
  completions: { prompt: 'hi' },
  embeddings: { input: 'hi' },
  responses: { input: 'hi' },
  messages: { max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] },
  countTokens: { messages: [{ role: 'user', content: 'hi' }] },
};
const endpoints = Object.keys(bodies) as Endpoint[];

function start(
  endpoint: Endpoint,
  target: UpstreamTarget,
  model = 'anthropic.claude-3-5-sonnet-20241022-v2:0',
): Translator {
  return createTranslator(testRequest(endpoint, { model, ...bodies[endpoint] }), target, testContext);
}

function pathOf(...input: Parameters<typeof start>): string {
  return start(...input).request().path;
}

test('every folder is registered once, under a schema of the configuration', () => {
  expect(folders).toHaveLength(upstreams.length);
  expect(new Set(upstreams.map(({ schema }) => schema)).size).toBe(upstreams.length);
  for (const { schema } of upstreams) expect(schemaNames).toContain(schema);
});

test.each(folders)('the folder %s follows the pattern', (name) => {
  const here = new URL(`${name}/`, folder);
  const index = readFileSync(new URL('index.ts', here), 'utf8');
  expect(index).toMatch(/as const satisfies Upstream;/);
  const tests = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  );
  const sources = tests.map((file) => readFileSync(new URL(file, here), 'utf8'));
  expect(sources.some((source) => source.includes('describeTranslator('))).toBe(true);
  expect(existsSync(new URL('helpers.ts', here))).toBe(false);
});

test.each(
  upstreams.flatMap(({ schema, endpoints: served }) =>
    (Object.keys(served) as Endpoint[]).map((endpoint) => [schema, endpoint] as const),
  ),
)('%s serves %s', (schema, endpoint) => {
  const model = endpoint === 'embeddings' ? 'amazon.titan-embed-text-v2:0' : undefined;
  const translator = start(endpoint, testTarget(schema), model);
  if (translator.answer) expect(translator.answer().body).not.toHaveLength(0);
  else expect(translator.request().path).toMatch(/^\/[!-~]+$/);
});

test('what is not served is said, with what is', () => {
  const unserved = upstreams.flatMap(({ schema, endpoints: served }) =>
    endpoints.filter((endpoint) => !(endpoint in served)).map((endpoint) => [schema, endpoint] as const),
  );
  for (const [schema, endpoint] of unserved) {
    if (schema === 'AWSBedrock' && (endpoint === 'messages' || endpoint === 'countTokens')) continue;
    expect(() => pathOf(endpoint, testTarget(schema))).toThrow(
      new RegExp(`cannot be sent to a backend of schema ${schema} \\(it serves .+\\)$`),
    );
  }
  expect(() => pathOf('messages', testTarget('Cohere'))).toThrow(
    'Messages cannot be sent to a backend of schema Cohere',
  );
});

describe('messages on AWSBedrock', () => {
  const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';

  test.each<[Partial<UpstreamTarget>, string]>([
    [{}, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    [{ modelFamily: 'claude' }, arn],
    [{ messagesVia: 'InvokeModel' }, arn],
    [{ modelNameOverride: 'anthropic.claude-3-5-sonnet-20241022-v2:0' }, 'my-model'],
  ])('%j %s goes by InvokeModel', (more, model) => {
    expect(pathOf('messages', testTarget('AWSBedrock', more), model)).toMatch(/\/invoke$/);
  });

  test.each<[Partial<UpstreamTarget>, string]>([
    [{}, 'amazon.nova-pro-v1:0'],
    [{ messagesVia: 'Converse' }, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    [{ modelNameOverride: 'amazon.nova-pro-v1:0' }, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    [{ messagesVia: 'Converse' }, arn],
    [{}, arn],
  ])('%j %s goes by Converse', (more, model) => {
    expect(pathOf('messages', testTarget('AWSBedrock', more), model)).toMatch(/\/converse$/);
  });
});

test('attempts on backends of different schemas start from the client’s bytes [A123]', () => {
  const request = testRequest('chatCompletions', { model: 'm', stream: true, ...bodies.chatCompletions });
  const before = request.body.slice();
  const schemas = upstreams
    .filter(({ endpoints: served }) => 'chatCompletions' in served)
    .map(({ schema }) => schema);
  const send = (schema: (typeof schemas)[number]): unknown =>
    createTranslator(request, testTarget(schema), testContext).request();
  const first = schemas.map(send);
  expect(schemas.map(send).toReversed()).toEqual(first.toReversed());
  expect(request.body).toEqual(before);
});
