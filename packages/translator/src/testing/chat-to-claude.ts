import { TranslationError } from '../errors.ts';
import { jsonOf, testContext, testRequest, testTarget } from './run-translator.ts';
import type { UpstreamRequest, UpstreamTarget } from '../translator.ts';
import { createInvokeModelChatCompletions } from '../upstreams/aws-anthropic/chat-completions/chat-completions.ts';
import { createAnthropicChatCompletions } from '../upstreams/anthropic/chat-completions/chat-completions.ts';

export const opus46 = 'claude-opus-4-6';
export const sonnet45 = 'claude-sonnet-4-5';
export const claude35 = 'claude-3-5-sonnet-20241022';
export const messages = [{ role: 'user', content: 'hi' }];
export const turns = [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }];

interface Options {
  headers?: Record<string, string>;
  target?: Partial<UpstreamTarget>;
}

/** A chat completion request on its way to Anthropic. */
export function direct(body: unknown, { headers = {}, target = {} }: Options = {}): UpstreamRequest {
  const request = testRequest('chatCompletions', body, { headers });
  return createAnthropicChatCompletions(request, testTarget('Anthropic', target), testContext).request();
}

/** A chat completion request on its way to Bedrock. */
export function invoke(body: unknown, { headers = {}, target = {} }: Options = {}): UpstreamRequest {
  const request = testRequest('chatCompletions', body, { headers });
  return createInvokeModelChatCompletions(request, testTarget('AWSAnthropic', target), testContext).request();
}

/** The Messages body for a minimal chat with some more fields. */
export function sent(fields: object, model = sonnet45): Record<string, unknown> {
  return jsonOf(direct({ model, messages, ...fields }).body) as Record<string, unknown>;
}

/** What is warned of for a minimal chat with some more fields. */
export function warningsOf(fields: object, model = sonnet45): string[] {
  return direct({ model, messages, ...fields }).warnings.map(({ path, action }) => `${path} ${action}`);
}

/** The error that `step` throws. */
export function errorOf(step: () => unknown): TranslationError {
  try {
    step();
  } catch (error) {
    if (TranslationError.is(error)) return error;
    throw error;
  }
  throw new Error('expected a TranslationError');
}
