import { countPromptTokens } from '../brain/count-tokens.ts';
import { embedText } from '../brain/embed-text.ts';
import { elementsOf, isJsonObject, numberOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { foundationModelId } from '../model-ids.ts';

/** The vectors for a request, or why the model refuses it. */
export type EmbeddingsResult =
  | { readonly kind: 'answer'; readonly body: JsonObject; readonly tokens: number }
  | { readonly kind: 'refusal'; readonly message: string };

/** How one family of models is called. @see the Bedrock user guide on Titan, Cohere and Nova embeddings */
interface EmbeddingFamily {
  readonly pattern: RegExp;
  readonly fields: readonly string[];
  readonly defaultDimensions: number;
  /** Sizes that may be asked for, under the field that asks. */
  readonly dimensions: readonly number[];
  readonly answer: (body: JsonObject, family: EmbeddingFamily) => EmbeddingsResult;
}

const families: readonly EmbeddingFamily[] = [
  {
    pattern: /^amazon\.titan-embed-(?:text-v1|g1-text)/,
    fields: ['inputText'],
    defaultDimensions: 1536,
    dimensions: [],
    answer: answerTitan,
  },
  {
    pattern: /^amazon\.titan-embed-text-v2/,
    fields: ['inputText', 'dimensions', 'normalize', 'embeddingTypes'],
    defaultDimensions: 1024,
    dimensions: [256, 512, 1024],
    answer: answerTitan,
  },
  {
    pattern: /^cohere\.embed-(?:english|multilingual)-v3/,
    fields: ['texts', 'images', 'input_type', 'truncate', 'embedding_types'],
    defaultDimensions: 1024,
    dimensions: [],
    answer: answerCohere,
  },
  {
    pattern: /^cohere\.embed-v4/,
    fields: [
      'texts',
      'images',
      'inputs',
      'input_type',
      'truncate',
      'embedding_types',
      'output_dimension',
      'max_tokens',
    ],
    defaultDimensions: 1536,
    dimensions: [256, 512, 1024, 1536],
    answer: answerCohere,
  },
  {
    pattern: /^amazon\.nova-.*embeddings/,
    fields: ['schemaVersion', 'taskType', 'singleEmbeddingParams', 'segmentedEmbeddingParams'],
    defaultDimensions: 3072,
    dimensions: [256, 384, 1024, 3072],
    answer: answerNova,
  },
];

/** What InvokeModel answers for an embedding model; undefined for other models. */
export function answerEmbeddings(body: JsonObject, modelId: string): EmbeddingsResult | undefined {
  const family = families.find(({ pattern }) => pattern.test(foundationModelId(modelId)));
  if (!family) return undefined;
  const extra = Object.keys(body).find((name) => !family.fields.includes(name));
  if (extra !== undefined) {
    return refuse(
      `Malformed input request: #: extraneous key [${extra}] is not permitted, please reformat your input and try again.`,
    );
  }
  return family.answer(body, family);
}

function refuse(message: string): EmbeddingsResult {
  return { kind: 'refusal', message };
}

function findDimensions(
  asked: unknown,
  { dimensions, defaultDimensions }: EmbeddingFamily,
): number | undefined {
  if (asked === undefined) return defaultDimensions;
  const wanted = numberOf(asked);
  return wanted !== undefined && dimensions.includes(wanted) ? wanted : undefined;
}

function refuseDimensions(name: string): EmbeddingsResult {
  return refuse(
    `Malformed input request: #/${name}: value is not a valid enum value, please reformat your input and try again.`,
  );
}

function answerTitan(body: JsonObject, family: EmbeddingFamily): EmbeddingsResult {
  const text = stringOf(body['inputText']);
  if (text === undefined) {
    return refuse(
      'Malformed input request: #: required key [inputText] not found, please reformat your input and try again.',
    );
  }
  if (text === '') {
    return refuse(
      'Malformed input request: #/inputText: expected minLength: 1, actual: 0, please reformat your input and try again.',
    );
  }
  const dimensions = findDimensions(body['dimensions'], family);
  if (dimensions === undefined) return refuseDimensions('dimensions');
  const embedding = embedText(text, dimensions);
  const tokens = countPromptTokens(text);
  const typed = family.fields.includes('embeddingTypes') ? { embeddingsByType: { float: embedding } } : {};
  return { kind: 'answer', body: { embedding, ...typed, inputTextTokenCount: tokens }, tokens };
}

const cohereInputTypes = ['search_document', 'search_query', 'classification', 'clustering', 'image'];
const maxCohereTexts = 96;

function answerCohere(body: JsonObject, family: EmbeddingFamily): EmbeddingsResult {
  const texts = elementsOf(body['texts']).filter((text) => typeof text === 'string');
  if (texts.length === 0 || texts.length !== elementsOf(body['texts']).length) {
    return refuse(
      'Malformed input request: #/texts: expected type: JSONArray of strings, please reformat your input and try again.',
    );
  }
  if (texts.length > maxCohereTexts) {
    return refuse(
      `Malformed input request: #/texts: expected maximum item count: ${maxCohereTexts}, found: ${texts.length}, please reformat your input and try again.`,
    );
  }
  if (!cohereInputTypes.includes(stringOf(body['input_type']) ?? '')) {
    return refuse(
      'Malformed input request: #/input_type: required key [input_type] not found or not a valid enum value, please reformat your input and try again.',
    );
  }
  const dimensions = findDimensions(body['output_dimension'], family);
  if (dimensions === undefined) return refuseDimensions('output_dimension');
  const vectors = texts.map((text) => embedText(text, dimensions));
  const isTyped = body['embedding_types'] !== undefined;
  return {
    kind: 'answer',
    body: {
      id: 'embeddings',
      texts,
      response_type: isTyped ? 'embeddings_by_type' : 'embeddings_floats',
      embeddings: isTyped ? { float: vectors } : vectors,
    },
    tokens: texts.reduce((total, text) => total + countPromptTokens(text), 0),
  };
}

const novaPurposes = [
  'GENERIC_INDEX',
  'GENERIC_RETRIEVAL',
  'TEXT_RETRIEVAL',
  'IMAGE_RETRIEVAL',
  'VIDEO_RETRIEVAL',
  'DOCUMENT_RETRIEVAL',
  'AUDIO_RETRIEVAL',
  'CLASSIFICATION',
  'CLUSTERING',
];
const novaTruncations = ['START', 'END', 'NONE'];

function answerNova(body: JsonObject, family: EmbeddingFamily): EmbeddingsResult {
  const parameters = objectOf(body['singleEmbeddingParams']);
  const text = objectOf(parameters['text']);
  const value = stringOf(text['value']);
  if (body['taskType'] !== 'SINGLE_EMBEDDING' || !isJsonObject(body['singleEmbeddingParams'])) {
    return refuse('This mock takes requests of taskType SINGLE_EMBEDDING with singleEmbeddingParams only.');
  }
  if (!novaPurposes.includes(stringOf(parameters['embeddingPurpose']) ?? '')) {
    return refuse('Invalid Request: embeddingPurpose is missing or not one of the supported values.');
  }
  if (
    value === undefined ||
    value === '' ||
    !novaTruncations.includes(stringOf(text['truncationMode']) ?? '')
  ) {
    return refuse('Invalid Request: text needs a truncationMode and a value that is not empty.');
  }
  const dimensions = findDimensions(parameters['embeddingDimension'], family);
  if (dimensions === undefined) return refuseDimensions('singleEmbeddingParams/embeddingDimension');
  const tokens = countPromptTokens(value);
  const embeddings = [{ embeddingType: 'TEXT', embedding: embedText(value, dimensions) }];
  return { kind: 'answer', body: { embeddings, inputTokenCount: tokens }, tokens };
}
