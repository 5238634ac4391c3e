import { requestIdHeader } from './dialect.ts';
import type { Dialect, HeaderChanges, ResponseHead } from './translator.ts';

/** True for a status of success. */
export function isSuccess(head: ResponseHead): boolean {
  return head.status >= 200 && head.status < 300;
}

/** The media type without parameters, in lower case; empty when there is none. */
export function mediaTypeOf(head: ResponseHead): string {
  return head.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The id under which the provider knows the exchange, or else ours. */
export function requestIdOf(head: ResponseHead, ownId: string): string {
  const { headers } = head;
  return headers.get('x-amzn-requestid') ?? headers.get('request-id') ?? headers.get('x-request-id') ?? ownId;
}

/** Header changes of an answer whose body we write: what described the provider's bytes goes. */
export function bodyHeaders(dialect: Dialect, contentType: string, requestId: string): HeaderChanges {
  return {
    remove: ['content-encoding', 'content-length', 'transfer-encoding'],
    set: [
      ['content-type', contentType],
      [requestIdHeader(dialect), requestId],
    ],
  };
}
