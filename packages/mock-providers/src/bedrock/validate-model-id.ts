import type { UnaryReply } from '../reply.ts';
import { bedrockError } from './bedrock-errors.ts';

const maxLength = 2048;

/** Model ids, ARNs of everything that can be invoked: the pattern of the API model. */
const pattern =
  /^(?:(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:(([0-9]{12}:custom-model\/[a-z0-9-]{1,63}[.][a-z0-9-]{1,63}\/[a-z0-9]{12})|(:foundation-model\/[a-z0-9-]{1,63}[.][a-z0-9-]{1,63}([.:]?[a-z0-9-]{1,63}))|([0-9]{12}:imported-model\/[a-z0-9]{12})|([0-9]{12}:provisioned-model\/[a-z0-9]{12})|([0-9]{12}:custom-model-deployment\/[a-z0-9]{12})|([0-9]{12}:(inference-profile|application-inference-profile)\/[a-zA-Z0-9-:.]+)))|([a-zA-Z0-9-:.]+)|([0-9a-zA-Z][_-]?)+|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:prompt\/[0-9a-zA-Z]{10}(?::[0-9]{1,5})?)|(arn:aws:sagemaker:[a-z0-9-]+:[0-9]{12}:endpoint\/[a-zA-Z0-9-]+)|(arn:aws(-[^:]+)?:bedrock:([0-9a-z-]{1,20}):([0-9]{12}):(default-)?prompt-router\/[a-zA-Z0-9-:.]+))$/;

/** Refuses ids of the wrong form, and ids that contain `unknown` (404) or `denied` (403). */
export function findModelIdProblem(modelId: string): UnaryReply | undefined {
  if (modelId.length > maxLength || !pattern.test(modelId)) {
    return bedrockError('ValidationException', 'The provided model identifier is invalid.');
  }
  if (modelId.includes('unknown')) {
    return bedrockError(
      'ResourceNotFoundException',
      'Could not resolve the foundation model from the provided model identifier.',
    );
  }
  if (modelId.includes('denied')) {
    return bedrockError(
      'AccessDeniedException',
      `User: arn:aws:iam::123456789012:user/mock is not authorized to perform: bedrock:InvokeModel on resource: ${modelId}`,
      'Message',
    );
  }
  return undefined;
}
