import type { ConversationApi } from '../conversation-api.ts';
import { createResponseEncoder, encodeResponse } from './encode-answer.ts';
import { knownResponsesFields, parseResponsesRequest } from './parse-responses-request.ts';

/** OpenAI's Responses API, without its store. @see https://platform.openai.com/docs/api-reference/responses */
export const responsesApi: ConversationApi = {
  knownFields: knownResponsesFields,
  parseRequest: parseResponsesRequest,
  createEncoder: createResponseEncoder,
  encodeAnswer: encodeResponse,
};
