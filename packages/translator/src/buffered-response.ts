import { isSuccess } from './response-head.ts';
import type { BufferedResponse, ClientResponse, Dialect, ResponseHead } from './translator.ts';
import { failureOf, failureToClient, upstreamErrorToClient } from './upstream-error.ts';

/** What every buffered answer needs. */
export interface BufferedResponseInput {
  readonly dialect: Dialect;
  readonly head: ResponseHead;
  readonly requestId: string;
}

/**
 * A buffered answer: errors of the provider go into the client's dialect, a success through `convert`,
 * and a success that `convert` cannot read becomes a 502.
 */
export function createBufferedResponse(
  input: BufferedResponseInput,
  convert: (body: Uint8Array) => ClientResponse,
): BufferedResponse {
  const { dialect, head, requestId } = input;
  return {
    kind: 'buffered',
    finish(body) {
      if (!isSuccess(head)) return upstreamErrorToClient({ dialect, head, body, requestId });
      try {
        return convert(body);
      } catch (error) {
        return failureToClient(dialect, failureOf(error), requestId);
      }
    },
  };
}
