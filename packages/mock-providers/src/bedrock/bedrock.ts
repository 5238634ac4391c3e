import { anthropicModelName, modelTraits } from '../model-ids.ts';
import { answerConversation } from '../brain/answer-conversation.ts';
import type { AnswerContext } from '../brain/answer-conversation.ts';
import { readAnthropicConversation } from '../anthropic/read-conversation.ts';
import { closingMessageEvents } from '../anthropic/build-message-events.ts';
import { createAmznRequestId, createMessageId, createToolUseId } from '../identifiers.ts';
import { isJsonObject, parseJson } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { MockContext } from '../mock-context.ts';
import { headerOf } from '../mock-request.ts';
import type { MockRequest } from '../mock-request.ts';
import { jsonReply } from '../reply.ts';
import type { Reply, ReplyHeaders } from '../reply.ts';
import { authenticateBedrock } from './authenticate-bedrock.ts';
import { bedrockError } from './bedrock-errors.ts';
import { buildConverseResponse, repeatedSettings } from './converse.ts';
import { closingConverseFrames, encodeConverseFrames } from './converse-stream.ts';
import { countBedrockTokens } from './count-tokens.ts';
import { answerEmbeddings } from './embeddings.ts';
import type { EmbeddingsResult } from './embeddings.ts';
import { buildInvokeReply, encodeInvokeFrames } from './invoke-model.ts';
import { readConverseConversation } from './read-conversation.ts';
import { findModelIdProblem } from './validate-model-id.ts';
import { validateConverse } from './validate-converse.ts';
import { validateInvokeMessages } from './validate-messages.ts';
import { validateShape } from './validate-shape.ts';

/** The operations of Bedrock Runtime that the mock has, by the last segment of their path. */
export type BedrockOperation =
  'converse' | 'converse-stream' | 'invoke' | 'invoke-with-response-stream' | 'count-tokens';

/** A request to one of them; `modelId` is decoded and without a fault suffix. */
export interface BedrockCall {
  readonly operation: BedrockOperation;
  readonly modelId: string;
  readonly request: MockRequest;
}

const latencyMs = 42;
const eventStream = 'application/vnd.amazon.eventstream';
const maxInvokeBytes = 25_000_000;
const serviceTierHeader = 'x-amzn-bedrock-service-tier';

/** Answers a Bedrock Runtime request: authentication, model, shape, rules, then the answer itself. */
export function answerBedrock(call: BedrockCall, context: MockContext): Reply {
  const refusal = authenticateBedrock(call.request, context) ?? findModelIdProblem(call.modelId);
  if (refusal) return refusal;
  if (call.operation.startsWith('invoke') && call.request.body.length > maxInvokeBytes) {
    return bedrockError(
      'RequestEntityTooLargeException',
      `Request body is larger than ${maxInvokeBytes} bytes.`,
    );
  }
  const body = parseJson(call.request.body);
  if (!isJsonObject(body)) {
    return bedrockError('SerializationException', 'The request body is not a JSON object.');
  }
  switch (call.operation) {
    case 'converse':
    case 'converse-stream':
      return answerConverse(call, body, context);
    case 'invoke':
    case 'invoke-with-response-stream':
      return answerInvoke(call, body, context);
    case 'count-tokens':
      return answerCount(call, body);
  }
}

function answerConverse({ operation, modelId }: BedrockCall, body: JsonObject, context: MockContext): Reply {
  const problem = validateShape(body, 'ConverseRequest');
  if (problem) return bedrockError(problem.name, problem.message);
  const refusal = validateConverse(body, modelId);
  if (refusal !== undefined) return bedrockError('ValidationException', refusal);
  const answer = answerConversation(
    readConverseConversation(body),
    answerContext(modelId, context, () => createToolUseId('converse')),
  );
  const headers = responseHeaders();
  const report = { latencyMs, settings: repeatedSettings(body) };
  if (operation === 'converse') return jsonReply(200, buildConverseResponse(answer, report), headers);
  return {
    kind: 'stream',
    headers: [['content-type', eventStream], ...headers],
    frames: encodeConverseFrames(answer, report),
    closingFrames: closingConverseFrames,
  };
}

function answerInvoke(call: BedrockCall, body: JsonObject, context: MockContext): Reply {
  const { operation, modelId, request } = call;
  const embeddings = operation === 'invoke' ? answerEmbeddings(body, modelId) : undefined;
  if (embeddings) return buildEmbeddingsReply(embeddings);
  if (!modelTraits(modelId).isClaude) {
    return bedrockError(
      'ValidationException',
      'Malformed input request: this mock takes InvokeModel bodies of Anthropic models only, and of models that embed: use Converse for others.',
    );
  }
  const refusal = findHeaderProblem(request) ?? validateInvokeMessages(body, modelId);
  if (refusal !== undefined) return bedrockError('ValidationException', refusal);
  const answer = answerConversation(
    readAnthropicConversation(body),
    answerContext(modelId, context, () => createToolUseId('invoke-model')),
  );
  const identity = { id: createMessageId('bedrock'), model: anthropicModelName(modelId) };
  const tier = headerOf(request, serviceTierHeader);
  const headers: ReplyHeaders = [
    ...responseHeaders(),
    ['x-amzn-bedrock-invocation-latency', String(latencyMs)],
    ...(tier === undefined ? [] : [[serviceTierHeader, tier] as const]),
  ];
  if (operation === 'invoke') return buildInvokeReply(answer, identity, headers);
  return {
    kind: 'stream',
    headers: [['content-type', eventStream], ['x-amzn-bedrock-content-type', 'application/json'], ...headers],
    frames: encodeInvokeFrames(answer, identity, latencyMs),
    closingFrames: closingMessageEvents,
  };
}

function buildEmbeddingsReply(result: EmbeddingsResult): Reply {
  if (result.kind === 'refusal') return bedrockError('ValidationException', result.message);
  return jsonReply(200, result.body, [
    ...responseHeaders(),
    ['x-amzn-bedrock-invocation-latency', String(latencyMs)],
    ['x-amzn-bedrock-input-token-count', String(result.tokens)],
  ]);
}

function answerCount({ modelId }: BedrockCall, body: JsonObject): Reply {
  const problem = validateShape(body, 'CountTokensRequest');
  if (problem) return bedrockError(problem.name, problem.message);
  const tokens = countBedrockTokens(body, modelId);
  return typeof tokens === 'string'
    ? bedrockError('ValidationException', tokens)
    : jsonReply(200, { inputTokens: tokens }, responseHeaders());
}

function findHeaderProblem(request: MockRequest): string | undefined {
  const type = headerOf(request, 'content-type') ?? 'application/json';
  if (!type.toLowerCase().startsWith('application/json')) {
    return 'The provided Content Type is invalid or not supported for this model';
  }
  const tier = headerOf(request, serviceTierHeader);
  return tier === undefined ? undefined : validateShape(tier, 'ServiceTierType', 'serviceTier')?.message;
}

function responseHeaders(): ReplyHeaders {
  return [['x-amzn-requestid', createAmznRequestId()]];
}

function answerContext(model: string, context: MockContext, createId: () => string): AnswerContext {
  return { model, nowMs: context.now().getTime(), cache: context.cache, createToolUseId: createId };
}
