import { mapServiceTier } from '../../../bedrock/map-service-tier.ts';
import { filterBetas, parseBetaHeader } from '../../../bedrock/filter-betas.ts';
import { capabilitiesOf } from '../../../capabilities/index.ts';
import { chatCompletionsApi } from '../../../endpoints/chat-completions/chat-completions-api.ts';
import { responsesApi } from '../../../endpoints/responses/responses-api.ts';
import { TranslationError } from '../../../errors.ts';
import type { UpstreamRequest } from '../../../translator.ts';
import { encodeJson } from '../../../wire/json-document.ts';
import type {
  BuiltMessagesRequest,
  MessagesRequestInput,
} from '../../anthropic/chat-completions/build-request.ts';
import { createConversationOver } from '../../anthropic/chat-completions/translator.ts';
import type { MessagesTransport } from '../../anthropic/chat-completions/transport.ts';
import { createInvokeEventSource } from '../invoke-events.ts';
import { invokeModelVersion, maxInvokeBodyBytes } from '../invoke-limits.ts';
import { invokeHeaders, invokePath } from '../invoke-request.ts';

const utf8 = new TextEncoder();

const transport: MessagesTransport = {
  fetchesUrls: false,
  streamType: 'application/vnd.amazon.eventstream',
  createEventSource: createInvokeEventSource,
  send,
};

/** OpenAI's chat completions on a Claude model of Bedrock, by InvokeModel. */
export const createInvokeModelChatCompletions = createConversationOver(transport, chatCompletionsApi);

/** OpenAI's responses on a Claude model of Bedrock, by InvokeModel. */
export const createInvokeModelResponses = createConversationOver(transport, responsesApi);

function send(
  { body, serviceTier }: BuiltMessagesRequest,
  { request, target, model, warnings }: MessagesRequestInput,
): Omit<UpstreamRequest, 'warnings' | 'model'> {
  const capabilities = capabilitiesOf({ ...target, modelFamily: 'claude' }, model);
  const wanted = parseBetaHeader(request.headers.get('anthropic-beta'));
  const betas = [...new Set(filterBetas(wanted, { capabilities, warnings, path: 'anthropic-beta' }))];
  const sent = utf8.encode(
    encodeJson({
      anthropic_version: target.schema.version || invokeModelVersion,
      ...(betas.length > 0 && { anthropic_beta: betas }),
      ...body,
    }),
  );
  if (sent.length > maxInvokeBodyBytes) {
    throw new TranslationError(
      'request_too_large',
      `Bedrock takes bodies of up to ${maxInvokeBodyBytes} bytes`,
    );
  }
  return {
    path: invokePath(model, request.stream),
    headers: invokeHeaders(request, mapServiceTier(serviceTier, warnings)),
    body: sent,
  };
}
