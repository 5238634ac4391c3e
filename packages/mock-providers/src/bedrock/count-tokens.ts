import { readAnthropicConversation } from '../anthropic/read-conversation.ts';
import { isJsonObject, objectOf, parseJson, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { isInferenceProfile } from '../model-ids.ts';
import { readConverseConversation } from './read-conversation.ts';
import { validateConverse } from './validate-converse.ts';
import { validateInvokeMessages } from './validate-messages.ts';

const maxBodyBytes = 25_000_000;

/** Counts a prompt's tokens; a string is the text of a ValidationException. */
export function countBedrockTokens(request: JsonObject, modelId: string): number | string {
  if (isInferenceProfile(modelId)) return "The provided model doesn't support counting tokens.";
  const input = objectOf(request['input']);
  if (isJsonObject(input['converse'])) return countConverse(input['converse'], modelId);
  return countInvoke(stringOf(objectOf(input['invokeModel'])['body']) ?? '', modelId);
}

function countConverse(body: JsonObject, modelId: string): number | string {
  return validateConverse(body, modelId) ?? sumTokens(readConverseConversation(body));
}

function countInvoke(base64: string, modelId: string): number | string {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > maxBodyBytes)
    return `The body has ${bytes.length} bytes, at most ${maxBodyBytes} are allowed.`;
  const body = parseJson(bytes);
  if (!isJsonObject(body)) return 'Malformed input request, please reformat your input and try again.';
  return validateInvokeMessages(body, modelId) ?? sumTokens(readAnthropicConversation(body));
}

function sumTokens({ segments }: ReturnType<typeof readAnthropicConversation>): number {
  return segments.reduce((sum, { tokens }) => sum + tokens, 0);
}
