import { countedModel, readTokenCount } from '../../bedrock/count-tokens.ts';
import { buildModelPath } from '../../bedrock/model-path.ts';
import type { ClientRequest, CreateTranslator, UpstreamRequest, UpstreamTarget } from '../../translator.ts';
import { createWarningCollector } from '../../warnings.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import { upstreamModel } from '../anthropic/endpoint-path.ts';
import { invokeHeaders } from './invoke-request.ts';
import { buildInvokeBody } from './messages/build-invoke-body.ts';

const utf8 = new TextEncoder();

/**
 * Counting the tokens of a Messages body for a Claude model on Bedrock.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
 */
export const createInvokeModelCountTokens: CreateTranslator = (request, target, context) => ({
  request: () => buildRequest(request, target),
  response: (head) => readTokenCount(head, context),
});

function buildRequest(request: ClientRequest, target: UpstreamTarget): UpstreamRequest {
  const warnings = createWarningCollector(target);
  const model = countedModel(target, upstreamModel(target, request.model));
  const { body } = buildInvokeBody(request, target, warnings, 1);
  return {
    path: buildModelPath(model, 'count-tokens'),
    headers: invokeHeaders({ stream: false, headers: new Map() }, undefined),
    body: utf8.encode(`{"input":{"invokeModel":{"body":"${encodeBase64(body)}"}}}`),
    model,
    warnings: warnings.warnings,
  };
}
