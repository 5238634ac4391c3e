import type { Upstream } from '../../translator.ts';
import {
  createAnthropicChatCompletions,
  createAnthropicResponses,
} from './chat-completions/chat-completions.ts';
import { createAnthropicCountTokens } from './count-tokens.ts';
import { createAnthropicMessages } from './messages.ts';

/** The Anthropic API. */
export const anthropic = {
  schema: 'Anthropic',
  endpoints: {
    chatCompletions: createAnthropicChatCompletions,
    responses: createAnthropicResponses,
    messages: createAnthropicMessages,
    countTokens: createAnthropicCountTokens,
  },
} as const satisfies Upstream;
