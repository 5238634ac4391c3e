import type { FailureName, ProviderErrors } from '../faults/provider-errors.ts';
import { createAmznRequestId } from '../identifiers.ts';
import { jsonReply } from '../reply.ts';
import type { UnaryReply } from '../reply.ts';

/** The members of OpenAI's error object. */
export interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** An error answer in OpenAI's shape. */
export function openaiError(status: number, error: OpenAiError): UnaryReply {
  return jsonReply(status, { error }, [
    ['x-request-id', `req_${createAmznRequestId()}`],
    ...(status === 429 ? ([['retry-after', '1']] as const) : []),
  ]);
}

/** A 400 about one parameter. */
export function invalidRequest(
  message: string,
  param: string | null,
  code: string | null = null,
): UnaryReply {
  return openaiError(400, { message, type: 'invalid_request_error', param, code });
}

/** One server-sent event without a name. */
export function encodeDataEvent(payload: unknown): Buffer {
  return Buffer.from(`data: ${JSON.stringify(payload)}\n\n`);
}

const failures: Readonly<Record<FailureName, readonly [number, OpenAiError]>> = {
  throttling: [
    429,
    {
      message: 'Rate limit reached for requests.',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    },
  ],
  model: [
    500,
    { message: 'The model failed while it answered.', type: 'server_error', param: null, code: null },
  ],
  unavailable: [
    503,
    {
      message: 'The server is overloaded, try again later.',
      type: 'server_error',
      param: null,
      code: 'overloaded',
    },
  ],
  internal: [
    500,
    {
      message: 'The server had an error while processing your request.',
      type: 'server_error',
      param: null,
      code: null,
    },
  ],
};

/** Scripted failures in OpenAI's shape. */
export const openaiErrors: ProviderErrors = {
  buildReply: (failure) => openaiError(...failures[failure]),
  encodeFrame: (failure) => encodeDataEvent({ error: failures[failure][1] }),
  encodeUnmodelledFrame: () => encodeDataEvent({ error: { message: 'stream error', type: 'server_error' } }),
  corruptFrame: (frame) => Buffer.from(frame.toString().replace('{', '{{')),
};
