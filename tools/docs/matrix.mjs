import { createHash } from 'node:crypto';

/** What clients send; each with every field that an endpoint requires. */
const endpoints = [
  ['`/v1/chat/completions`', 'chatCompletions', '/v1/chat/completions'],
  ['`/v1/messages`, `/anthropic/v1/messages`', 'messages', '/v1/messages'],
  ['`…/messages/count_tokens`', 'countTokens', '/v1/messages/count_tokens'],
  ['`/v1/responses`', 'responses', '/v1/responses'],
  ['`/v1/embeddings`', 'embeddings', '/v1/embeddings'],
  ['`/v1/completions`', 'completions', '/v1/completions'],
];

const conversationModels = [
  ['Claude', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['others', 'us.amazon.nova-pro-v1:0'],
];
const embeddingModels = [
  ['Titan v1', 'amazon.titan-embed-text-v1'],
  ['Titan v2', 'amazon.titan-embed-text-v2:0'],
  ['Cohere v3', 'cohere.embed-english-v3'],
  ['Cohere v4', 'cohere.embed-v4:0'],
  ['Nova', 'amazon.nova-2-multimodal-embeddings-v1:0'],
];

/** What a provider calls the operation behind a path. */
const operations = [
  [/\/converse(-stream)?$/, 'Converse'],
  [/\/invoke(-with-response-stream)?$/, 'InvokeModel'],
  [/\/count-tokens$/, 'CountTokens'],
  [/\/messages$/, 'Messages'],
  [/\/chat\/completions$/, 'chat completions'],
];

/**
 * Rows of endpoint × schema, found by translating one request of each kind: what is not translated is `–`.
 * @param translator The exports of the translator package.
 */
export function buildMatrix(translator) {
  const schemas = translator.upstreams.map(({ schema }) => schema).sort(bySchemaOrder);
  const rows = endpoints.map(([label, endpoint, path]) => [
    label,
    ...schemas.map((schema) => describeCell(translator, { endpoint, path, schema })),
  ]);
  return { head: ['client endpoint', ...schemas.map((schema) => `\`${schema}\``)], rows };
}

function describeCell(translator, pair) {
  const models = pair.endpoint === 'embeddings' ? embeddingModels : conversationModels;
  const served = models.map(([name, model]) => [name, describeRequest(translator, pair, model)]);
  const kinds = [...new Set(served.map(([, kind]) => kind))];
  if (kinds.length === 1) return kinds[0];
  return kinds
    .filter((kind) => kind !== '–')
    .map((kind) => `${served.flatMap(([name, own]) => (own === kind ? [name] : [])).join(', ')}: ${kind}`)
    .join('; ');
}

function describeRequest({ createTranslator, parseClientRequest, TranslationError }, pair, model) {
  const { endpoint, path, schema } = pair;
  const body = new TextEncoder().encode(
    JSON.stringify({
      model,
      max_tokens: 16,
      messages: [{ role: 'user', content: 'hello' }],
      ...(endpoint === 'responses' || endpoint === 'embeddings' ? { input: 'hello' } : {}),
      ...(endpoint === 'completions' ? { prompt: 'hello' } : {}),
    }),
  );
  const target = { schema: { name: schema }, unsupportedFields: 'Drop', messagesVia: 'Auto' };
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  try {
    const request = parseClientRequest({ endpoint, path, headers: new Map(), body });
    const translation = createTranslator(request, target, { requestId: 'docs', nowSeconds: 0, sha256 });
    if (translation.answer) return 'answered by the gateway';
    const sent = translation.request();
    if (sent.path === path) return 'passed on';
    return operations.find(([pattern]) => pattern.test(sent.path))?.[1] ?? 'served';
  } catch (error) {
    if (TranslationError.is(error)) return '–';
    throw error;
  }
}

const schemaOrder = ['OpenAI', 'AWSBedrock', 'AWSAnthropic', 'Anthropic'];

function bySchemaOrder(a, b) {
  return schemaOrder.indexOf(a) - schemaOrder.indexOf(b);
}
