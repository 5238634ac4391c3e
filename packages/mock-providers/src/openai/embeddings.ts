import { countPromptTokens } from '../brain/count-tokens.ts';
import { embedText } from '../brain/embed-text.ts';
import { stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { findUnknownMember, invalidValue, missing } from './openai-problem.ts';
import type { OpenAiProblem } from './openai-problem.ts';

const known = new Set(['input', 'model', 'encoding_format', 'dimensions', 'user']);
const defaultDimensions = 1536;
const largestDimensions = 3072;
const maxInputs = 2048;

/** A text, or a text as token numbers. */
type Input = string | readonly number[];

const isTokens = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every(Number.isInteger);
const isInput = (value: unknown): value is Input =>
  isTokens(value) || (typeof value === 'string' && value !== '');

function readInputs({ input }: JsonObject): readonly Input[] | undefined {
  if (isInput(input)) return [input];
  const isList = Array.isArray(input) && input.length > 0 && input.length <= maxInputs;
  return isList && input.every(isInput) ? input : undefined;
}

/** Finds what OpenAI refuses in a request for embeddings. */
export function validateEmbeddings(body: JsonObject): OpenAiProblem | undefined {
  const { input, encoding_format: format } = body;
  if (input === undefined) return missing('input');
  if (!readInputs(body)) {
    return { message: "'$.input' is invalid. Please check the API reference.", param: 'input' };
  }
  if (format !== undefined && format !== 'float' && format !== 'base64') {
    return invalidValue('encoding_format', "'float' or 'base64'");
  }
  return findUnknownMember(body, known) ?? findDimensionsProblem(body);
}

function findDimensionsProblem({ model, dimensions }: JsonObject): OpenAiProblem | undefined {
  if (dimensions === undefined) return undefined;
  if (!stringOf(model)?.startsWith('text-embedding-3')) {
    return { message: 'This model does not support specifying dimensions.', param: 'dimensions' };
  }
  const isSize = Number.isInteger(dimensions) && Number(dimensions) > 0;
  return isSize && Number(dimensions) <= largestDimensions
    ? undefined
    : invalidValue('dimensions', `an integer from 1 to ${largestDimensions}`);
}

function encodeVector(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}

/** The vectors of a request that has been validated. */
export function answerEmbeddings(body: JsonObject): JsonObject {
  const inputs = readInputs(body) ?? [];
  const dimensions = Number(body['dimensions'] ?? defaultDimensions);
  const vectors = inputs.map((input) => embedText(String(input), dimensions));
  const tokens = inputs
    .map((input) => (typeof input === 'string' ? countPromptTokens(input) : input.length))
    .reduce((sum, count) => sum + count, 0);
  const data = vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: body['encoding_format'] === 'base64' ? encodeVector(vector) : vector,
  }));
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return { object: 'list', data, model: body['model'], usage };
}
