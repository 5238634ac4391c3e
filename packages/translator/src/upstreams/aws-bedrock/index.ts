import { chatCompletionsApi } from '../../endpoints/chat-completions/chat-completions-api.ts';
import { responsesApi } from '../../endpoints/responses/responses-api.ts';
import type { Upstream } from '../../translator.ts';
import { createConversationOver } from './chat-completions/translator.ts';
import { createConverseCountTokens } from './count-tokens.ts';
import { createEmbeddings } from './embeddings/embeddings.ts';
import { createConverseMessages } from './messages/messages.ts';

/** Amazon Bedrock's Converse API. */
export const awsBedrock = {
  schema: 'AWSBedrock',
  endpoints: {
    chatCompletions: createConversationOver(chatCompletionsApi),
    responses: createConversationOver(responsesApi),
    messages: createConverseMessages,
    countTokens: createConverseCountTokens,
    embeddings: createEmbeddings,
  },
} as const satisfies Upstream;
