import { TranslationError } from '../../errors.ts';
import type { ClientRequest } from '../../translator.ts';
import { isJsonObject } from '../../wire/json-document.ts';

/**
 * Refuses a request that belongs to a message thread: the conversation is held by Anthropic's own servers, and a backend
 * without them would answer a continued one as if it had just begun. The SDKs' tool runners know this very refusal and go
 * on with the whole conversation in each request.
 * @throws TranslationError `unsupported_parameter`
 * @see the `thread_unsupported_request` error of the beta `message-threads-2026-08-12`, as Anthropic's SDKs read it
 */
export function refuseThread({ document: { value } }: Pick<ClientRequest, 'document'>): void {
  if (!isJsonObject(value) || value['thread'] === undefined || value['thread'] === null) return;
  throw new TranslationError(
    'unsupported_parameter',
    'thread is not supported by this backend: no conversation is stored here, so send the whole of it in "messages"',
    { param: 'thread', details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] } },
  );
}
