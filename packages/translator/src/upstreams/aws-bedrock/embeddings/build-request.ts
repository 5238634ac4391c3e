import { invalidField } from '../../../endpoints/json-fields.ts';
import type { EmbeddingsRequest } from '../../../endpoints/embeddings/parse-embeddings-request.ts';
import type { EncodableJson } from '../../../wire/json-document.ts';
import type { EmbeddingModel } from './embedding-model.ts';

/** What a model takes. */
interface EmbeddingForm {
  readonly maxTexts: number;
  /** Sizes of vectors that may be asked for. */
  readonly dimensions: readonly number[];
  /** Vendor fields that it takes. */
  readonly fields: readonly string[];
  readonly build: (request: EmbeddingsRequest) => EncodableJson;
}

/**
 * The request forms of the embedding models.
 *
 * Sources: Amazon Bedrock user guide, "Amazon Titan Embeddings Text", "Cohere Embed models" and "Amazon Nova Multimodal
 * Embeddings"; each lists the fields, the sizes of vectors and the limits.
 */
const forms: Readonly<Record<EmbeddingModel, EmbeddingForm>> = {
  'titan-v1': { maxTexts: 1, dimensions: [], fields: [], build: buildTitan },
  'titan-v2': { maxTexts: 1, dimensions: [256, 512, 1024], fields: ['normalize'], build: buildTitan },
  'cohere-v3': { maxTexts: 96, dimensions: [], fields: ['input_type', 'truncate'], build: buildCohere },
  'cohere-v4': {
    maxTexts: 96,
    dimensions: [256, 512, 1024, 1536],
    fields: ['input_type', 'truncate'],
    build: buildCohere,
  },
  nova: { maxTexts: 1, dimensions: [256, 384, 1024, 3072], fields: ['input_type'], build: buildNova },
};

/** The vendor fields that a model takes. */
export function takenFields(model: EmbeddingModel): ReadonlySet<string> {
  return new Set(forms[model].fields);
}

/** The body of InvokeModel. @throws TranslationError `invalid_request` for what the model cannot do in one call. */
export function buildEmbeddingsBody(model: EmbeddingModel, request: EmbeddingsRequest): EncodableJson {
  const { maxTexts, dimensions, build } = forms[model];
  if (request.texts.length > maxTexts) {
    const limit = maxTexts === 1 ? 'one text' : `${maxTexts} texts`;
    throw invalidField(
      'input',
      `has ${request.texts.length} texts, and the model takes ${limit} in a request: send several requests`,
    );
  }
  if (request.dimensions !== undefined && !dimensions.includes(request.dimensions)) {
    const allowed = dimensions.length === 0 ? 'leave it out' : `use ${dimensions.join(', ')}`;
    throw invalidField('dimensions', `is ${request.dimensions}, which the model does not have: ${allowed}`);
  }
  return build(request);
}

function buildTitan({ texts, dimensions, normalize }: EmbeddingsRequest): EncodableJson {
  return { inputText: texts[0], dimensions, normalize };
}

function buildCohere({ texts, dimensions, inputType, truncate }: EmbeddingsRequest): EncodableJson {
  return {
    texts,
    input_type: inputType ?? 'search_document',
    truncate,
    embedding_types: ['float'],
    output_dimension: dimensions,
  };
}

/** Cohere's words for the purpose of a vector, in Nova's. */
const novaPurposes: Readonly<Record<string, string>> = {
  search_document: 'GENERIC_INDEX',
  search_query: 'GENERIC_RETRIEVAL',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};

function buildNova({ texts, dimensions, inputType = 'search_document' }: EmbeddingsRequest): EncodableJson {
  const embeddingPurpose = novaPurposes[inputType];
  if (embeddingPurpose === undefined) {
    throw invalidField(
      'input_type',
      `is ${JSON.stringify(inputType)}: use ${Object.keys(novaPurposes).join(', ')}`,
    );
  }
  return {
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose,
      embeddingDimension: dimensions,
      text: { truncationMode: 'END', value: texts[0] },
    },
  };
}
