import { jsonReply } from '../reply.ts';
import type { UnaryReply } from '../reply.ts';
import type { FailureName, ProviderErrors } from '../faults/provider-errors.ts';
import { createAnthropicRequestId } from '../identifiers.ts';

/** Anthropic's error types and their HTTP status (https://docs.claude.com/en/api/errors). */
export const anthropicErrorStatus = {
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 529,
} as const;

/** One of Anthropic's error types. */
export type AnthropicErrorType = keyof typeof anthropicErrorStatus;

/** An error answer in Anthropic's shape, with the request id in body and header. */
export function anthropicError(
  type: AnthropicErrorType,
  message: string,
  status: number = anthropicErrorStatus[type],
  details?: object,
): UnaryReply {
  const id = createAnthropicRequestId();
  return jsonReply(status, { type: 'error', error: { type, message, details }, request_id: id }, [
    ['request-id', id],
    ...(type === 'rate_limit_error' ? ([['retry-after', '1']] as const) : []),
  ]);
}

/** One server-sent event, named by its type. */
export function encodeMessageEvent(event: { readonly type: string }): Buffer {
  return Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

const failures: Readonly<Record<FailureName, readonly [AnthropicErrorType, string, number]>> = {
  throttling: ['rate_limit_error', 'This request would exceed your rate limit.', 429],
  model: ['api_error', 'The model failed while it answered.', 500],
  unavailable: ['overloaded_error', 'Overloaded', 503],
  internal: ['api_error', 'Internal server error', 500],
};

/** Scripted failures in Anthropic's shape. */
export const anthropicErrors: ProviderErrors = {
  buildReply: (failure) => anthropicError(...failures[failure]),
  encodeFrame(failure) {
    const [type, message] = failures[failure];
    return encodeMessageEvent({ type: 'error', ...{ error: { type, message } } });
  },
  encodeUnmodelledFrame: () =>
    encodeMessageEvent({
      type: 'error',
      ...{ error: { type: 'api_error', message: 'Internal server error' } },
    }),
  corruptFrame: (frame) => Buffer.from(frame.toString().replace('{', '{{')),
};
