import { type Dialect, encodeErrorBody, type ErrorCode, errorTable, requestIdHeader } from '@aigw/translator';
import type { ContinueAnswer, HeadersMessage } from '../codec/messages.ts';

/** The attribute in which Envoy says why a response is what it is. @see https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes */
const codeDetails = 'response.code_details';

/** Who is to be answered, and about what. */
export interface LocalReplyContext {
  readonly dialect: Dialect;
  readonly requestId: string;
  /** The model of the request; undefined when its body was never read. */
  readonly model: string | undefined;
}

/** True for a response that Envoy made itself, as far as it lets us know. */
export function isLocalReply({ attributes }: HeadersMessage): boolean {
  const details = attributes?.get(codeDetails);
  return details !== undefined && details !== 'via_upstream';
}

/**
 * The answer to a response that Envoy made itself. One that is JSON already comes from a mapper or from us and stays; the
 * rest would be plain text, which no client of these APIs can read, and becomes an error of the client's dialect with the same status.
 */
export function answerLocalReply({ headers }: HeadersMessage, context: LocalReplyContext): ContinueAnswer {
  const status = Number(headers.get(':status'));
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
  if (isJson || !(status >= 400)) return { kind: 'responseHeaders' };
  const { dialect, requestId } = context;
  const { code, message } = describe(status, context.model);
  const type = errorTable[code][dialect];
  return {
    kind: 'responseHeaders',
    headers: {
      set: [
        ['content-type', 'application/json'],
        [requestIdHeader(dialect), requestId],
      ],
      remove: ['content-length'],
    },
    body: Buffer.from(encodeErrorBody(dialect, { type, code, message, requestId })),
  };
}

function describe(status: number, model: string | undefined): { code: ErrorCode; message: string } {
  switch (status) {
    case 404:
      return {
        code: 'not_found',
        message:
          model === undefined
            ? 'No route of the gateway serves this request'
            : `No route of the gateway serves the model ${JSON.stringify(model)}`,
      };
    case 413:
      return { code: 'request_too_large', message: 'The request is larger than the gateway accepts' };
    case 503:
      return { code: 'upstream_error', message: 'No backend for this request can be reached at the moment' };
    case 504:
      return { code: 'upstream_error', message: 'The backend did not answer in time' };
    default:
      return status < 500
        ? { code: 'invalid_request', message: 'The gateway refused the request' }
        : { code: 'upstream_error', message: 'The gateway could not get an answer from the backend' };
  }
}
