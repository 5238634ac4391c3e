import type { ConversationApi } from '../conversation-api.ts';
import { createChatEncoder, encodeChatAnswer } from './encode-answer.ts';
import { knownChatFields, parseChatRequest } from './parse-chat-request.ts';

/** OpenAI's chat completions. @see https://platform.openai.com/docs/api-reference/chat */
export const chatCompletionsApi: ConversationApi = {
  knownFields: knownChatFields,
  parseRequest: parseChatRequest,
  createEncoder: createChatEncoder,
  encodeAnswer: encodeChatAnswer,
};
