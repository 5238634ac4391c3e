import { createTranslator } from '../../../../registry.ts';
import {
  jsonOf,
  testContext,
  testHead,
  testRequest,
  testTarget,
} from '../../../../testing/run-translator.ts';
import type { UpstreamRequest, UpstreamTarget } from '../../../../translator.ts';

export const openai = testTarget('OpenAI');
export const sse = testHead(200, 'text/event-stream');
export const json = testHead(200, 'application/json');
export const hi = { role: 'user', content: 'hi' };
export const ask = { model: 'm', max_tokens: 9, messages: [hi] };

/** A Messages request on its way to a server of chat completions; `body` may be JSON text. */
export function send(body: object | string, target: UpstreamTarget = openai): UpstreamRequest {
  return createTranslator(testRequest('messages', body), target, testContext).request();
}

/** The chat completion request for a minimal message with some more fields. */
export function sent(more: object, target?: UpstreamTarget): Record<string, unknown> {
  return jsonOf(send({ ...ask, ...more }, target).body) as Record<string, unknown>;
}

/** The messages that the server gets. */
export function converted(...messages: unknown[]): unknown {
  return sent({ messages })['messages'];
}

/** Path and action of the warnings about a minimal message with some more fields. */
export function warningsOf(more: object, target?: UpstreamTarget): string[] {
  return send({ ...ask, ...more }, target).warnings.map(({ path, action }) => `${path} ${action}`);
}
