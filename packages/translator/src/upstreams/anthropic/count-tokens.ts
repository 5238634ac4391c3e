import type { CreateTranslator } from '../../translator.ts';
import { buildPassthrough, finishPassthrough } from './messages.ts';

/**
 * Counting tokens, passed on. It costs nothing, so no usage is reported.
 * @see https://docs.anthropic.com/en/api/messages-count-tokens
 */
export const createAnthropicCountTokens: CreateTranslator = (request, target, context) => ({
  request: () => buildPassthrough(request, target, 'messages/count_tokens'),
  response: (head) => ({ kind: 'buffered', finish: (body) => finishPassthrough(head, body, context) }),
});
