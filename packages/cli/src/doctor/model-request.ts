import type { FilterBackend } from '@aigw/api-types';
import type { PreviewRequest } from '@aigw/extproc/preview';

const text = 'Hi';
const messages = [{ role: 'user', content: text }];

/**
 * The smallest request that a model can be asked: one token of an answer, or the embedding of a word. It is a client's
 * request in the dialect that reaches the backend's own API most directly: Converse, InvokeModel, Anthropic's or OpenAI's.
 */
export function buildModelRequest(model: string, backend: FilterBackend): PreviewRequest {
  if (isEmbeddingModel(model)) return encode('embeddings', { model, input: text });
  const { name } = backend.schema;
  if (name === 'Anthropic' || name === 'AWSAnthropic') {
    return encode('messages', { model, max_tokens: 1, messages }, [['anthropic-version', '2023-06-01']]);
  }
  // OpenAI's newer models know only the newer name, many other servers only the older one.
  const limit = backend.host === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens';
  return encode('chatCompletions', { model, [limit]: 1, messages });
}

/** Embedding models of every provider have it in their names; a wrong guess costs nothing but a refusal that says so. */
function isEmbeddingModel(model: string): boolean {
  return /\bembed/i.test(model);
}

function encode(
  endpoint: PreviewRequest['endpoint'],
  body: object,
  headers: readonly (readonly [string, string])[] = [],
): PreviewRequest {
  const all = new Map([['content-type', 'application/json'], ...headers]);
  return { endpoint, headers: all, body: Buffer.from(JSON.stringify(body)) };
}
