import type { ProviderErrors } from '../faults/provider-errors.ts';
import { objectOf, parseJson } from '../json.ts';
import { encodeNamedEvent } from './encode-response-events.ts';
import { openaiErrors } from './openai-errors.ts';

function encodeErrorEvent({ error }: { readonly error?: unknown }): Buffer {
  const { message, code = 'server_error', param = null } = objectOf(error);
  const event = { type: 'error', code: code ?? 'server_error', message, param, sequence_number: 1 };
  return encodeNamedEvent(event);
}

/** Scripted failures as the Responses API tells them: the same answers, but events of its own. */
export const responsesErrors: ProviderErrors = {
  ...openaiErrors,
  encodeFrame: (failure) => encodeErrorEvent(objectOf(parseJson(openaiErrors.buildReply(failure).body))),
  encodeUnmodelledFrame: () => encodeErrorEvent({ error: { message: 'stream error' } }),
};
