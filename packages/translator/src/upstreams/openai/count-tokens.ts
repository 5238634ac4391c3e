import { createBufferedResponse } from '../../buffered-response.ts';
import { invalidField } from '../../endpoints/json-fields.ts';
import { estimateInputTokens } from '../../endpoints/messages/estimate-tokens.ts';
import { TranslationError } from '../../errors.ts';
import { objectOf } from '../../schemas/json-fields.ts';
import type { ClientRequest, CreateTranslator, LocalAnswer } from '../../translator.ts';

const utf8 = new TextEncoder();

/**
 * Counting the tokens of a Messages body for a server of OpenAI's API, which has no such endpoint: the gateway estimates, on the
 * safe side, and says so in a header.
 * @see https://docs.anthropic.com/en/api/messages-count-tokens
 */
export const createCountTokens: CreateTranslator = (request, _target, { requestId }) => ({
  answer: () => estimate(request),
  request: nothingToSend,
  response: (head) => createBufferedResponse({ dialect: 'anthropic', head, requestId }, nothingToSend),
});

function estimate({ document }: ClientRequest): LocalAnswer {
  const body = objectOf(document.value) ?? {};
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalidField('messages', 'is missing or empty: send at least one message');
  }
  return {
    headers: [
      ['content-type', 'application/json'],
      ['x-ai-eg-token-count', 'estimated'],
    ],
    body: utf8.encode(JSON.stringify({ input_tokens: estimateInputTokens(body) })),
  };
}

function nothingToSend(): never {
  throw new TranslationError(
    'unsupported_endpoint',
    'The backend cannot count tokens: the gateway estimates them, and there is nothing to send',
  );
}
