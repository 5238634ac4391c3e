import { TranslationError } from '../errors.ts';

/** The operations on a model, as they stand in its path. */
export type BedrockOperation =
  'converse' | 'converse-stream' | 'invoke' | 'invoke-with-response-stream' | 'count-tokens';

/**
 * The path of an operation on a model id, inference profile or ARN; the model is always exactly one segment.
 * It is what goes on the wire and what must be signed.
 * @throws TranslationError `invalid_request` when the name could be read as another path.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function buildModelPath(model: string, operation: BedrockOperation): string {
  for (const segment of model.split('/')) {
    const name = segment.split(';', 1)[0]?.trim();
    if (name !== '' && name !== '.' && name !== '..') continue;
    const message = `The model ${JSON.stringify(model)} is not a Bedrock model id, inference profile or ARN`;
    throw new TranslationError('invalid_request', message, { param: 'model' });
  }
  const encoded = encodeURIComponent(model).replace(/%3A/g, ':').replace(/%3B/g, ';');
  return `/model/${encoded}/${operation}`;
}
