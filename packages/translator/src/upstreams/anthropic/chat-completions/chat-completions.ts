import { chatCompletionsApi } from '../../../endpoints/chat-completions/chat-completions-api.ts';
import { responsesApi } from '../../../endpoints/responses/responses-api.ts';
import type { UpstreamRequest } from '../../../translator.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { encodeJson } from '../../../wire/json-document.ts';
import { defaultAnthropicVersion, endpointPath } from '../endpoint-path.ts';
import { createSseEventSource } from '../sse-events.ts';
import type { BuiltMessagesRequest, MessagesRequestInput } from './build-request.ts';
import { createConversationOver } from './translator.ts';
import type { MessagesTransport } from './transport.ts';

const utf8 = new TextEncoder();

const transport: MessagesTransport = {
  fetchesUrls: true,
  streamType: 'text/event-stream',
  createEventSource: () => createSseEventSource(),
  send,
};

/** OpenAI's chat completions on the Anthropic API. */
export const createAnthropicChatCompletions = createConversationOver(transport, chatCompletionsApi);

/** OpenAI's responses on the Anthropic API. */
export const createAnthropicResponses = createConversationOver(transport, responsesApi);

function send(
  { body, serviceTier }: BuiltMessagesRequest,
  { request, target, model, warnings }: MessagesRequestInput,
): Omit<UpstreamRequest, 'warnings' | 'model'> {
  const tier = mapServiceTier(serviceTier, warnings);
  const sent = {
    model,
    ...body,
    ...(tier && { service_tier: tier }),
    ...(request.stream && { stream: true }),
  };
  return {
    path: endpointPath(target, 'messages'),
    headers: {
      set: [
        ['content-type', 'application/json'],
        ['anthropic-version', request.headers.get('anthropic-version') ?? defaultAnthropicVersion],
        // What we translate we must be able to read piece by piece.
        ['accept-encoding', 'identity'],
      ],
      remove: ['openai-organization', 'openai-project', 'openai-beta'],
    },
    body: utf8.encode(encodeJson(sent)),
  };
}

/** @see https://docs.anthropic.com/en/api/service-tiers */
function mapServiceTier(tier: string | undefined, warnings: WarningCollector): string | undefined {
  switch (tier) {
    case undefined:
      return undefined;
    case 'auto':
    case 'standard_only':
      return tier;
    case 'default':
      return 'standard_only';
    case 'priority':
      warnings.change('service_tier', 'sent as auto, which uses priority capacity where there is some');
      return 'auto';
    default:
      warnings.drop('service_tier', 'Anthropic has no such tier');
      return undefined;
  }
}
