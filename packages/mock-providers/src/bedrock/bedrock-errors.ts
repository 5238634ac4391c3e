import { encodeErrorMessage, encodeException } from '../event-stream/encode-event-stream-message.ts';
import type { FailureName, ProviderErrors } from '../faults/provider-errors.ts';
import { createAmznRequestId } from '../identifiers.ts';
import { encodeJson } from '../json.ts';
import { jsonReply } from '../reply.ts';
import type { UnaryReply } from '../reply.ts';
import type { SigV4ErrorCode } from '../sigv4/verify-sigv4.ts';

/** Errors of the Bedrock Runtime API and of AWS's front door, with their HTTP status. */
export const bedrockErrorStatus = {
  ValidationException: 400,
  SerializationException: 400,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  RequestEntityTooLargeException: 413,
  ModelErrorException: 424,
  ThrottlingException: 429,
  InternalServerException: 500,
  ServiceUnavailableException: 503,
  MissingAuthenticationTokenException: 403,
  IncompleteSignatureException: 403,
  UnrecognizedClientException: 403,
  ExpiredTokenException: 403,
  InvalidSignatureException: 403,
} as const satisfies Readonly<Record<string, number>> & Readonly<Record<SigV4ErrorCode, number>>;

/** One of these errors. */
export type BedrockErrorName = keyof typeof bedrockErrorStatus;

const modelNamespace = 'http://internal.amazon.com/coral/com.amazon.bedrock/';
const coralNamespace = 'http://internal.amazon.com/coral/com.amazon.coral.service/';
const coralErrors: ReadonlySet<BedrockErrorName> = new Set<BedrockErrorName>([
  'SerializationException',
  'UnknownOperationException',
  'MissingAuthenticationTokenException',
  'IncompleteSignatureException',
  'UnrecognizedClientException',
  'ExpiredTokenException',
  'InvalidSignatureException',
]);

/** An error answer as AWS gives it: the name is only in `x-amzn-errortype`, with a namespace after a colon. */
export function bedrockError(name: BedrockErrorName, message: string, bodyKey = 'message'): UnaryReply {
  const namespace = coralErrors.has(name) ? coralNamespace : modelNamespace;
  return jsonReply(bedrockErrorStatus[name], { [bodyKey]: message }, [
    ['x-amzn-requestid', createAmznRequestId()],
    ['x-amzn-errortype', `${name}:${namespace}`],
  ]);
}

const failures: Readonly<Record<FailureName, readonly [BedrockErrorName, string, string]>> = {
  throttling: [
    'ThrottlingException',
    'throttlingException',
    'Too many requests, please wait before trying again.',
  ],
  model: ['ModelErrorException', 'modelStreamErrorException', 'The model failed while it answered.'],
  unavailable: [
    'ServiceUnavailableException',
    'serviceUnavailableException',
    'Bedrock is unable to process your request.',
  ],
  internal: [
    'InternalServerException',
    'internalServerException',
    'The system encountered an unexpected error during processing. Try your request again.',
  ],
};

/** Scripted failures as AWS shows them. */
export const bedrockErrors: ProviderErrors = {
  buildReply(failure) {
    const [name, , message] = failures[failure];
    return bedrockError(name, message);
  },
  encodeFrame(failure) {
    const [, exception, message] = failures[failure];
    const original = failure === 'model' ? { originalStatusCode: 500, originalMessage: message } : {};
    return encodeException(exception, encodeJson({ message, ...original }));
  },
  encodeUnmodelledFrame: () =>
    encodeErrorMessage('InternalError', 'An internal server error occurred in the middle of the stream.'),
  corruptFrame(frame) {
    const damaged = Buffer.from(frame);
    const last = damaged.length - 1;
    damaged.writeUInt8(damaged.readUInt8(last) ^ 0xff, last);
    return damaged;
  },
};
