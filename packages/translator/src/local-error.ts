import { requestIdHeader } from './dialect.ts';
import { encodeErrorBody, errorTable, TranslationError } from './errors.ts';
import type { Dialect } from './translator.ts';

/** An answer that the gateway gives itself. */
export interface LocalError {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const unexpected = new TranslationError('internal', 'The gateway failed on this request');

/**
 * The answer for an error that arose in the gateway, in the words of the client's dialect.
 * Anything but a `TranslationError` becomes a 500 that tells nothing: log it with the request id.
 */
export function localError(dialect: Dialect, error: unknown, requestId: string): LocalError {
  const { code, message, param, headers, details } = TranslationError.is(error) ? error : unexpected;
  const row = errorTable[code];
  return {
    status: row.status,
    headers: [['content-type', 'application/json'], [requestIdHeader(dialect), requestId], ...headers],
    body: encodeErrorBody(dialect, { type: row[dialect], code, message, param, details, requestId }),
  };
}
