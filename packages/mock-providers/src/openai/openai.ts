import { answerConversation } from '../brain/answer-conversation.ts';
import type { Answer, Conversation } from '../brain/conversation.ts';
import { createAmznRequestId, createChatCompletionId, createToolUseId } from '../identifiers.ts';
import { numberOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { MockContext } from '../mock-context.ts';
import { headerOf } from '../mock-request.ts';
import type { MockRequest } from '../mock-request.ts';
import { jsonReply } from '../reply.ts';
import type { Reply, UnaryReply } from '../reply.ts';
import { buildChatCompletion, countClosingChunks, encodeChatChunks } from './build-chat-completion.ts';
import type { CompletionIdentity } from './build-chat-completion.ts';
import { buildItems, buildResponse, identifyResponse } from './build-response.ts';
import {
  buildCompletion,
  encodeCompletionChunks,
  readCompletionPrompt,
  validateCompletion,
} from './completions.ts';
import { answerEmbeddings, validateEmbeddings } from './embeddings.ts';
import { encodeResponseEvents } from './encode-response-events.ts';
import type { OpenAiProblem } from './openai-problem.ts';
import { readResponsesConversation } from './read-responses-conversation.ts';
import { validateResponses } from './validate-responses.ts';
import { invalidRequest, openaiError } from './openai-errors.ts';
import { readChatConversation } from './read-conversation.ts';
import { validateChat } from './validate-chat.ts';

/** The endpoints of OpenAI's API that the mock has. */
export type OpenAiOperation = 'chat-completions' | 'completions' | 'embeddings' | 'responses' | 'models';

/** A request to one of them; `body` is its JSON without the model's fault suffix. */
export interface OpenAiCall {
  readonly operation: OpenAiOperation;
  readonly request: MockRequest;
  readonly body: JsonObject | undefined;
}

const modelsCreated = 1_700_000_000;
const modelIds = ['gpt-4o', 'gpt-4o-mini', 'gpt-5-nano'];

/** Answers a request to OpenAI's API: key, model, rules, then the answer. */
export function answerOpenAi(call: OpenAiCall, context: MockContext): Reply {
  const refusal = authenticate(call.request, context);
  if (refusal) return refusal;
  if (call.operation === 'models') return listModels();
  if (!call.body) {
    return invalidRequest('We could not parse the JSON body of your request.', null);
  }
  const problem = findModelProblem(call.body['model']);
  if (problem) return problem;
  const { validate, answer } = endpoints[call.operation];
  const invalid = validate(call.body);
  return invalid
    ? invalidRequest(invalid.message, invalid.param, invalid.code ?? null)
    : answer(call.body, context);
}

interface Endpoint {
  readonly validate: (body: JsonObject) => OpenAiProblem | undefined;
  readonly answer: (body: JsonObject, context: MockContext) => Reply;
}

const endpoints: Readonly<Record<Exclude<OpenAiOperation, 'models'>, Endpoint>> = {
  'chat-completions': { validate: validateChat, answer: answerChat },
  completions: { validate: validateCompletion, answer: answerCompletion },
  embeddings: {
    validate: validateEmbeddings,
    answer: (body) => jsonReply(200, answerEmbeddings(body), [createRequestId()]),
  },
  responses: { validate: validateResponses, answer: answerResponses },
};

function authenticate(request: MockRequest, { verify, openaiApiKeys }: MockContext): UnaryReply | undefined {
  if (!verify) return undefined;
  const key = /^Bearer (.+)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1];
  if (key !== undefined && openaiApiKeys.includes(key)) return undefined;
  const message =
    key === undefined
      ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
      : 'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.';
  const code = key === undefined ? null : 'invalid_api_key';
  return openaiError(401, { message, type: 'invalid_request_error', param: null, code });
}

function findModelProblem(model: unknown): UnaryReply | undefined {
  if (typeof model !== 'string') return invalidRequest('you must provide a model parameter', 'model');
  if (model.includes('unknown')) {
    return openaiError(404, {
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
      type: 'invalid_request_error',
      param: null,
      code: 'model_not_found',
    });
  }
  if (model.includes('denied')) {
    return openaiError(403, {
      message: `Project does not have access to model \`${model}\``,
      type: 'invalid_request_error',
      param: null,
      code: 'model_not_found',
    });
  }
  return undefined;
}

function answerChat(body: JsonObject, context: MockContext): Reply {
  const answer = converse(readChatConversation(body), body, context);
  const identity = identifyCompletion(body, context, createChatCompletionId());
  const choices = numberOf(body['n']) ?? 1;
  if (body['stream'] !== true)
    return jsonReply(200, buildChatCompletion(answer, identity, choices), [createRequestId()]);
  const options = { choices, includeUsage: wantsUsage(body) };
  return streamReply(encodeChatChunks(answer, identity, options), countClosingChunks(options));
}

function answerCompletion(body: JsonObject, context: MockContext): Reply {
  const answer = converse(readCompletionPrompt(body), body, context);
  const identity = identifyCompletion(body, context, createChatCompletionId().replace('chatcmpl', 'cmpl'));
  if (body['stream'] !== true) return jsonReply(200, buildCompletion(answer, identity), [createRequestId()]);
  return streamReply(encodeCompletionChunks(answer, identity, body), wantsUsage(body) ? 3 : 2);
}

function answerResponses(body: JsonObject, context: MockContext): Reply {
  const answer = converse(readResponsesConversation(body), body, context);
  const identity = identifyResponse(body, context.now().getTime());
  if (body['stream'] === true) return streamReply(encodeResponseEvents(answer, identity), 1);
  return jsonReply(200, buildResponse(answer, buildItems(answer, body), identity), [createRequestId()]);
}

function wantsUsage(body: JsonObject): boolean {
  return objectOf(body['stream_options'])['include_usage'] === true;
}

function converse(conversation: Conversation, body: JsonObject, context: MockContext): Answer {
  return answerConversation(conversation, {
    model: stringOf(body['model']) ?? '',
    nowMs: context.now().getTime(),
    cache: context.cache,
    createToolUseId: () => createToolUseId('openai'),
  });
}

function identifyCompletion(body: JsonObject, context: MockContext, id: string): CompletionIdentity {
  const created = Math.floor(context.now().getTime() / 1000);
  return { id, model: stringOf(body['model']) ?? '', created };
}

function createRequestId(): readonly [string, string] {
  return ['x-request-id', `req_${createAmznRequestId()}`];
}

function streamReply(frames: readonly Buffer[], closingFrames: number): Reply {
  const type = ['content-type', 'text/event-stream; charset=utf-8'] as const;
  return { kind: 'stream', headers: [type, createRequestId()], frames, closingFrames };
}

function listModels(): Reply {
  const data = modelIds.map((id) => ({ id, object: 'model', created: modelsCreated, owned_by: 'mock' }));
  return jsonReply(200, { object: 'list', data });
}
