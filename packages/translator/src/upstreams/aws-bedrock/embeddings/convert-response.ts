import type { Embedding } from '../../../endpoints/embeddings/encode-embeddings.ts';
import { TranslationError } from '../../../errors.ts';
import { listOf, numberOf, objectOf } from '../../../schemas/json-fields.ts';
import type { ResponseHead } from '../../../translator.ts';
import type { UpstreamObject } from '../../../upstream-json.ts';
import type { TokenUsage } from '../../../usage.ts';
import type { JsonPath, JsonValue } from '../../../wire/json-document.ts';
import type { EmbeddingModel } from './embedding-model.ts';

/**
 * The vectors of an answer, in the order of the texts.
 * @throws TranslationError `upstream_error` when there are not as many as there were texts.
 */
export function readEmbeddings(model: EmbeddingModel, answer: UpstreamObject, count: number): Embedding[] {
  const embeddings = findVectors(model, answer).map((vector) => readEmbedding(answer, vector));
  if (embeddings.length === count) return embeddings;
  throw new TranslationError(
    'upstream_error',
    `The provider answered with ${embeddings.length} embeddings for ${count} texts`,
  );
}

/** A vector, and where it stands in the answer. */
interface FoundVector {
  readonly path: JsonPath;
  readonly vector: JsonValue | undefined;
}

/** Titan and Cohere have a plain form and one by type. */
function findVectors(model: EmbeddingModel, { value }: UpstreamObject): FoundVector[] {
  const list = value['embeddings'];
  switch (model) {
    case 'titan-v1':
    case 'titan-v2': {
      const typed = objectOf(value['embeddingsByType'])?.['float'];
      if (typed !== undefined) return [{ path: ['embeddingsByType', 'float'], vector: typed }];
      return [{ path: ['embedding'], vector: value['embedding'] }];
    }
    case 'cohere-v3':
    case 'cohere-v4': {
      const typed = objectOf(list)?.['float'];
      const base = typed === undefined ? ['embeddings'] : ['embeddings', 'float'];
      return listOf(typed ?? list).map((vector, index) => ({ path: [...base, index], vector }));
    }
    case 'nova':
      return listOf(list).map((entry, index) => ({
        path: ['embeddings', index, 'embedding'],
        vector: objectOf(entry)?.['embedding'],
      }));
  }
}

function readEmbedding({ document }: UpstreamObject, { path, vector }: FoundVector): Embedding {
  const source = document.rawAt(path);
  const values = listOf(vector).filter((number) => typeof number === 'number');
  if (source !== undefined && Array.isArray(vector) && values.length === vector.length)
    return { values, source };
  throw new TranslationError('upstream_error', 'The provider answered without an embedding');
}

/** Tokens from the body where the model counts there, else from Bedrock's header. */
export function readUsage({ value }: UpstreamObject, { headers }: ResponseHead): TokenUsage {
  const header = headers.get('x-amzn-bedrock-input-token-count');
  const counted = header === undefined || !/^\d+$/.test(header) ? undefined : Number(header);
  const inputTokens = numberOf(value['inputTextTokenCount']) ?? numberOf(value['inputTokenCount']) ?? counted;
  return inputTokens === undefined ? {} : { inputTokens, totalTokens: inputTokens };
}
