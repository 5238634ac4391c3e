import { TranslationError } from '../../../../errors.ts';
import { jsonOf, testContext, testRequest, testTarget } from '../../../../testing/run-translator.ts';
import type { UpstreamRequest, UpstreamTarget } from '../../../../translator.ts';
import { createInvokeModelMessages } from '../messages.ts';

export const claude35 = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
export const claude45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
export const messages = [{ role: 'user', content: 'hi' }];
export const version = { anthropic_version: 'bedrock-2023-05-31' };

interface Options {
  headers?: Record<string, string>;
  target?: Partial<UpstreamTarget>;
}

/** A Messages request on its way to InvokeModel. */
export function build(body: unknown, { headers = {}, target = {} }: Options = {}): UpstreamRequest {
  const request = testRequest('messages', body, { headers });
  return createInvokeModelMessages(request, testTarget('AWSAnthropic', target), testContext).request();
}

/** The body that Bedrock gets for a minimal request with some more fields. */
export function sent(fields: object, options: Options = {}, model = claude45): unknown {
  return jsonOf(build({ model, max_tokens: 9, messages, ...fields }, options).body);
}

/** What is warned of for a minimal request with some more fields. */
export function warningsOf(fields: object, options: Options = {}, model = claude45): string[] {
  const { warnings } = build({ model, max_tokens: 9, messages, ...fields }, options);
  return warnings.map(({ path, action }) => `${path} ${action}`);
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
