import { familyHint, judgedId } from '../../../capabilities/index.ts';
import { TranslationError } from '../../../errors.ts';
import type { UpstreamTarget } from '../../../translator.ts';

/** Models with a request form of their own, by the names of their versions. */
export type EmbeddingModel = 'titan-v1' | 'titan-v2' | 'cohere-v3' | 'cohere-v4' | 'nova';

const idPatterns: readonly (readonly [RegExp, EmbeddingModel])[] = [
  [/^amazon\.titan-embed-text-v1/, 'titan-v1'],
  [/^amazon\.titan-embed-g1-text/, 'titan-v1'],
  [/^amazon\.titan-embed-text-v/, 'titan-v2'],
  [/^cohere\.embed-(?:english|multilingual)-v3/, 'cohere-v3'],
  [/^cohere\.embed-v/, 'cohere-v4'],
  [/^amazon\.nova-.*embeddings/, 'nova'],
];

/** For names that hide the model: the current one of the family that the backend says it is. */
const familyModels: Readonly<Record<string, EmbeddingModel>> = {
  titan: 'titan-v2',
  cohere: 'cohere-v4',
  nova: 'nova',
};

/**
 * The request form of a model id, inference profile or ARN.
 * @throws TranslationError `invalid_request` for models that do not embed.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
 */
export function embeddingModelOf(
  target: Pick<UpstreamTarget, 'modelCapabilities' | 'modelFamily'>,
  model: string,
): EmbeddingModel {
  const id = judgedId(target, model);
  const named = idPatterns.find(([pattern]) => pattern.test(id))?.[1];
  const hint = familyHint(target, model);
  const known = named ?? (hint && familyModels[hint]);
  if (known) return known;
  throw new TranslationError(
    'invalid_request',
    `The model ${JSON.stringify(model)} is not known to make embeddings: use a model of Titan, Cohere or Nova that does, or set modelFamily on the backend`,
    { param: 'model' },
  );
}
