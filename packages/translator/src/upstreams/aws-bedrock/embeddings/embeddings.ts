import { buildModelPath } from '../../../bedrock/model-path.ts';
import { createBufferedResponse } from '../../../buffered-response.ts';
import { encodeEmbeddings } from '../../../endpoints/embeddings/encode-embeddings.ts';
import {
  parseEmbeddingsRequest,
  warnOfDroppedFields,
} from '../../../endpoints/embeddings/parse-embeddings-request.ts';
import { bodyHeaders, requestIdOf } from '../../../response-head.ts';
import type {
  ClientRequest,
  ClientResponse,
  CreateTranslator,
  HeaderChanges,
  ResponseHead,
  UpstreamRequest,
  UpstreamTarget,
} from '../../../translator.ts';
import { parseUpstreamObject } from '../../../upstream-json.ts';
import { createWarningCollector } from '../../../warnings.ts';
import { encodeJson } from '../../../wire/json-document.ts';
import { buildEmbeddingsBody, takenFields } from './build-request.ts';
import { readEmbeddings, readUsage } from './convert-response.ts';
import { embeddingModelOf } from './embedding-model.ts';

const utf8 = new TextEncoder();

const headers: HeaderChanges = {
  set: [
    ['content-type', 'application/json'],
    ['accept', 'application/json'],
    ['accept-encoding', 'identity'],
  ],
  remove: ['openai-organization', 'openai-project', 'openai-beta'],
};

/**
 * OpenAI's embeddings on the embedding models of Bedrock, by InvokeModel.
 * @see https://platform.openai.com/docs/api-reference/embeddings
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 */
export const createEmbeddings: CreateTranslator = (request, target, context) => ({
  request: () => buildRequest(request, target),
  response: (head) => {
    const requestId = requestIdOf(head, context.requestId);
    return createBufferedResponse({ dialect: 'openai', head, requestId }, (body) =>
      convertAnswer(body, { request, target, head, requestId }),
    );
  },
});

function upstreamModel({ modelNameOverride }: UpstreamTarget, request: ClientRequest): string {
  return modelNameOverride || request.model;
}

function buildRequest(request: ClientRequest, target: UpstreamTarget): UpstreamRequest {
  const warnings = createWarningCollector(target);
  const model = upstreamModel(target, request);
  const form = embeddingModelOf(target, model);
  const body = buildEmbeddingsBody(form, parseEmbeddingsRequest(request));
  warnOfDroppedFields(request, takenFields(form), warnings);
  return {
    path: buildModelPath(model, 'invoke'),
    headers,
    body: utf8.encode(encodeJson(body)),
    model,
    warnings: warnings.warnings,
  };
}

interface AnswerInput {
  readonly request: ClientRequest;
  readonly target: UpstreamTarget;
  readonly head: ResponseHead;
  readonly requestId: string;
}

function convertAnswer(body: Uint8Array, { request, target, head, requestId }: AnswerInput): ClientResponse {
  const { texts, encoding } = parseEmbeddingsRequest(request);
  const responseModel = upstreamModel(target, request);
  const answer = parseUpstreamObject(body);
  const embeddings = readEmbeddings(embeddingModelOf(target, responseModel), answer, texts.length);
  const usage = readUsage(answer, head);
  return {
    headers: bodyHeaders('openai', 'application/json', requestId),
    body: utf8.encode(encodeEmbeddings({ model: request.model, embeddings, usage }, encoding)),
    responseModel,
    usage,
  };
}
