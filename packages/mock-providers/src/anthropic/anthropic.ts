import { answerConversation } from '../brain/answer-conversation.ts';
import { createAnthropicRequestId, createMessageId, createToolUseId } from '../identifiers.ts';
import { isJsonObject, parseJson, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { MockContext } from '../mock-context.ts';
import { headerOf } from '../mock-request.ts';
import type { MockRequest } from '../mock-request.ts';
import { anthropicModelName, modelTraits } from '../model-ids.ts';
import { jsonReply } from '../reply.ts';
import type { Reply, UnaryReply } from '../reply.ts';
import { anthropicError, encodeMessageEvent } from './anthropic-errors.ts';
import { buildMessage } from './build-message.ts';
import { buildMessageEvents, closingMessageEvents } from './build-message-events.ts';
import { readAnthropicConversation } from './read-conversation.ts';
import { findExtraField } from './validate-fields.ts';
import { validateMessages } from './validate-messages.ts';

/** The endpoints of Anthropic's API that the mock has. */
export type AnthropicOperation = 'messages' | 'count_tokens';

/** A request to one of them; `body` is its JSON without the model's fault suffix. */
export interface AnthropicCall {
  readonly operation: AnthropicOperation;
  readonly request: MockRequest;
  readonly body: JsonObject | undefined;
}

/** Answers a request to Anthropic's API: key, version, model, rules, then the answer. */
export function answerAnthropic(call: AnthropicCall, context: MockContext): Reply {
  const refusal = authenticate(call.request, context);
  if (refusal) return refusal;
  if (headerOf(call.request, 'anthropic-version') === undefined) {
    return anthropicError('invalid_request_error', 'anthropic-version: header is required');
  }
  if (!call.body) return anthropicError('invalid_request_error', 'The request body is not valid JSON');
  const problem =
    findModelProblem(call.body['model']) ??
    findThreadProblem(call.body['thread']) ??
    findBodyProblem(call.operation, call.body);
  if (problem) return problem;
  return call.operation === 'messages' ? answerMessages(call.body, context) : answerCount(call.body);
}

/** The body of a request as far as it is JSON. */
export function parseBody(request: MockRequest): JsonObject | undefined {
  const body = parseJson(request.body);
  return isJsonObject(body) ? body : undefined;
}

function authenticate(
  request: MockRequest,
  { verify, anthropicApiKeys }: MockContext,
): UnaryReply | undefined {
  if (!verify) return undefined;
  const key = headerOf(request, 'x-api-key');
  if (key === undefined) return anthropicError('authentication_error', 'x-api-key header is required');
  return anthropicApiKeys.includes(key)
    ? undefined
    : anthropicError('authentication_error', 'invalid x-api-key');
}

function findModelProblem(model: unknown): UnaryReply | undefined {
  if (typeof model !== 'string') return anthropicError('invalid_request_error', 'model: Field required');
  if (model.includes('unknown')) return anthropicError('not_found_error', `model: ${model}`);
  if (model.includes('denied')) {
    return anthropicError(
      'permission_error',
      'Your API key does not have permission to use the specified resource.',
    );
  }
  return undefined;
}

/** The mock keeps no conversations; this is how Anthropic refuses what it cannot thread, and what its SDKs act on. */
function findThreadProblem(thread: unknown): UnaryReply | undefined {
  if (thread === undefined) return undefined;
  const details = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };
  return anthropicError('invalid_request_error', 'thread: not supported for this request', 400, details);
}

/** CountTokens takes the same body without a token limit. */
function findBodyProblem(operation: AnthropicOperation, body: JsonObject): UnaryReply | undefined {
  const whole = operation === 'messages' ? body : { max_tokens: Number.MAX_SAFE_INTEGER, ...body };
  const message =
    findExtraField(whole) ?? validateMessages(whole, modelTraits(stringOf(body['model']) ?? ''));
  return message === undefined ? undefined : anthropicError('invalid_request_error', message);
}

function answerMessages(body: JsonObject, context: MockContext): Reply {
  const model = stringOf(body['model']) ?? '';
  const answer = answerConversation(readAnthropicConversation(body), {
    model,
    nowMs: context.now().getTime(),
    cache: context.cache,
    createToolUseId: () => createToolUseId('anthropic'),
  });
  const identity = { id: createMessageId('anthropic'), model: anthropicModelName(model) };
  const requestId = ['request-id', createAnthropicRequestId()] as const;
  if (body['stream'] !== true) return jsonReply(200, buildMessage(answer, identity), [requestId]);
  const [first, second, ...rest] = buildMessageEvents(answer, identity);
  const events = [first, second, { type: 'ping' }, ...rest].filter((event) => event !== undefined);
  return {
    kind: 'stream',
    headers: [['content-type', 'text/event-stream; charset=utf-8'], ['cache-control', 'no-cache'], requestId],
    frames: events.map(encodeMessageEvent),
    closingFrames: closingMessageEvents,
  };
}

function answerCount(body: JsonObject): Reply {
  const { segments } = readAnthropicConversation(body);
  const tokens = segments.reduce((sum, segment) => sum + segment.tokens, 0);
  return jsonReply(200, { input_tokens: tokens }, [['request-id', createAnthropicRequestId()]]);
}
