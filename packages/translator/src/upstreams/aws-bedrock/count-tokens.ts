import { countedModel, readTokenCount } from '../../bedrock/count-tokens.ts';
import { buildModelPath } from '../../bedrock/model-path.ts';
import type { CreateTranslator } from '../../translator.ts';
import { createWarningCollector } from '../../warnings.ts';
import { encodeJson } from '../../wire/json-document.ts';
import { converseHeaders } from './converse/converse-headers.ts';
import { buildMessagesRequest } from './messages/build-converse-request.ts';

const utf8 = new TextEncoder();

/**
 * Counting the tokens of a Messages body for models that are not Claude: of the request that Converse would get.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
 */
export const createConverseCountTokens: CreateTranslator = (request, target, context) => ({
  request: () => {
    const warnings = createWarningCollector(target);
    const model = countedModel(target, target.modelNameOverride || request.model);
    const { body } = buildMessagesRequest({ request, target, context, model, warnings });
    const { messages, system, toolConfig, additionalModelRequestFields } = body;
    const converse = { messages, system, toolConfig, additionalModelRequestFields };
    return {
      path: buildModelPath(model, 'count-tokens'),
      headers: converseHeaders(false),
      body: utf8.encode(encodeJson({ input: { converse } })),
      model,
      warnings: warnings.warnings,
    };
  },
  response: (head) => readTokenCount(head, context),
});
