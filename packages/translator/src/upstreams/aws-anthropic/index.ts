import type { Upstream } from '../../translator.ts';
import {
  createInvokeModelChatCompletions,
  createInvokeModelResponses,
} from './chat-completions/chat-completions.ts';
import { createInvokeModelCountTokens } from './count-tokens.ts';
import { createInvokeModelMessages } from './messages/messages.ts';

/** Claude on Amazon Bedrock, by InvokeModel. */
export const awsAnthropic = {
  schema: 'AWSAnthropic',
  endpoints: {
    chatCompletions: createInvokeModelChatCompletions,
    responses: createInvokeModelResponses,
    messages: createInvokeModelMessages,
    countTokens: createInvokeModelCountTokens,
  },
} as const satisfies Upstream;
