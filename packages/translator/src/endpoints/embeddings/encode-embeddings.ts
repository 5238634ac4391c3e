import type { TokenUsage } from '../../usage.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import { encodeJson, rawJson, type EncodableJson } from '../../wire/json-document.ts';
import type { EmbeddingsRequest } from './parse-embeddings-request.ts';

/** A vector, and its JSON as the provider wrote it. */
export interface Embedding {
  readonly values: readonly number[];
  readonly source: string;
}

/** What an embeddings answer is made of. */
export interface EmbeddingsAnswer {
  readonly model: string;
  /** In the order of the texts. */
  readonly embeddings: readonly Embedding[];
  readonly usage: TokenUsage;
}

/**
 * The body of an embeddings answer. Numbers keep the provider's digits; base64 is of 32-bit floats, little-endian.
 * @see https://platform.openai.com/docs/api-reference/embeddings/object
 */
export function encodeEmbeddings(
  { model, embeddings, usage }: EmbeddingsAnswer,
  encoding: EmbeddingsRequest['encoding'],
): string {
  const { inputTokens = 0 } = usage;
  return encodeJson({
    object: 'list',
    model,
    data: embeddings.map((embedding, index) => ({
      object: 'embedding',
      index,
      embedding: encodeVector(embedding, encoding),
    })),
    usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
  });
}

function encodeVector({ values, source }: Embedding, encoding: EmbeddingsRequest['encoding']): EncodableJson {
  if (encoding === 'float') return rawJson(source);
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setFloat32(4 * index, value, true));
  return encodeBase64(bytes);
}
