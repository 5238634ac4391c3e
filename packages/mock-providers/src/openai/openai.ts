import { answerConversation } from '../brain/answer-conversation.ts';
import { createAmznRequestId, createChatCompletionId, createToolUseId } from '../identifiers.ts';
import { numberOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { MockContext } from '../mock-context.ts';
import { headerOf } from '../mock-request.ts';
import type { MockRequest } from '../mock-request.ts';
import { jsonReply } from '../reply.ts';
import type { Reply, UnaryReply } from '../reply.ts';
import { buildChatCompletion, countClosingChunks, encodeChatChunks } from './build-chat-completion.ts';
import { invalidRequest, openaiError } from './openai-errors.ts';
import { readChatConversation } from './read-conversation.ts';
import { validateChat } from './validate-chat.ts';

/** The endpoints of OpenAI's API that the mock has. */
export type OpenAiOperation = 'chat-completions' | 'models';

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
  const invalid = validateChat(call.body);
  return invalid ? invalidRequest(invalid.message, invalid.param) : answerChat(call.body, context);
}

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
  const model = stringOf(body['model']) ?? '';
  const nowMs = context.now().getTime();
  const answer = answerConversation(readChatConversation(body), {
    model,
    nowMs,
    cache: context.cache,
    createToolUseId: () => createToolUseId('openai'),
  });
  const identity = { id: createChatCompletionId(), model, created: Math.floor(nowMs / 1000) };
  const choices = numberOf(body['n']) ?? 1;
  const requestId = ['x-request-id', `req_${createAmznRequestId()}`] as const;
  if (body['stream'] !== true)
    return jsonReply(200, buildChatCompletion(answer, identity, choices), [requestId]);
  const options = { choices, includeUsage: objectOf(body['stream_options'])['include_usage'] === true };
  return {
    kind: 'stream',
    headers: [['content-type', 'text/event-stream; charset=utf-8'], requestId],
    frames: encodeChatChunks(answer, identity, options),
    closingFrames: countClosingChunks(options),
  };
}

function listModels(): Reply {
  const data = modelIds.map((id) => ({ id, object: 'model', created: modelsCreated, owned_by: 'mock' }));
  return jsonReply(200, { object: 'list', data });
}
