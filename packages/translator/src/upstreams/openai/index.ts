import type { Upstream } from '../../translator.ts';
import { createCountTokens } from './count-tokens.ts';
import { createMessages } from './messages/messages.ts';
import { createPassthrough } from './passthrough.ts';

/** Servers that speak OpenAI's API. */
export const openai = {
  schema: 'OpenAI',
  endpoints: {
    chatCompletions: createPassthrough('chat/completions'),
    completions: createPassthrough('completions'),
    embeddings: createPassthrough('embeddings'),
    responses: createPassthrough('responses'),
    messages: createMessages,
    countTokens: createCountTokens,
  },
} as const satisfies Upstream;
