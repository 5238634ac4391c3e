import { randomUUID } from 'node:crypto';

const anthropicIdCharacters = 22;

function createAnthropicSuffix(): string {
  return `01${randomUUID().replaceAll('-', '').slice(0, anthropicIdCharacters)}`;
}

/** `x-amzn-requestid`. */
export function createAmznRequestId(): string {
  return randomUUID();
}

/** `request-id` of Anthropic's API. */
export function createAnthropicRequestId(): string {
  return `req_${createAnthropicSuffix()}`;
}

/** Id of a message of Anthropic's API, or of the same on Bedrock. */
export function createMessageId(on: 'anthropic' | 'bedrock'): string {
  return `${on === 'bedrock' ? 'msg_bdrk_' : 'msg_'}${createAnthropicSuffix()}`;
}

/** Id of a tool call in the style of the provider. */
export function createToolUseId(on: 'anthropic' | 'invoke-model' | 'converse' | 'openai'): string {
  const prefix = {
    anthropic: 'toolu_',
    'invoke-model': 'toolu_bdrk_',
    converse: 'tooluse_',
    openai: 'call_',
  }[on];
  return `${prefix}${createAnthropicSuffix()}`;
}

/** Id of a chat completion. */
export function createChatCompletionId(): string {
  return `chatcmpl-${createAnthropicSuffix()}`;
}
