import { createBufferedResponse } from '../../../buffered-response.ts';
import type { AnswerIdentity, ConversationApi } from '../../../endpoints/conversation-api.ts';
import { bodyHeaders, isSuccess, mediaTypeOf, requestIdOf } from '../../../response-head.ts';
import { stringOf } from '../../../schemas/json-fields.ts';
import { parseMessageUsage } from '../../../schemas/anthropic/usage.ts';
import { createTranslatedStream } from '../../../translated-stream.ts';
import type { ClientResponse, CreateTranslator, ResponseHead } from '../../../translator.ts';
import { upstreamErrorToClient } from '../../../upstream-error.ts';
import { parseUpstreamObject } from '../../../upstream-json.ts';
import { createWarningCollector } from '../../../warnings.ts';
import { upstreamModel } from '../endpoint-path.ts';
import { mapUsage } from '../map-usage.ts';
import { createEventTranslation } from '../translate-events.ts';
import { buildMessagesRequest, type BuiltMessagesRequest } from './build-request.ts';
import { convertResponse } from './convert-response.ts';
import type { MessagesTransport } from './transport.ts';
import { createEventWriter } from './write-events.ts';

const utf8 = new TextEncoder();

/** Conversations of a client's API with Claude, by way of `transport`. */
export function createConversationOver(transport: MessagesTransport, api: ConversationApi): CreateTranslator {
  return (request, target, context) => {
    const model = upstreamModel(target, request.model);
    const { fetchesUrls } = transport;
    const input = {
      api,
      request,
      target,
      context,
      model,
      fetchesUrls,
      warnings: createWarningCollector(target),
    };
    let built: BuiltMessagesRequest | undefined;
    const build = (): BuiltMessagesRequest => (built ??= buildMessagesRequest(input));
    return {
      request() {
        const sent = transport.send(build(), input);
        return { ...sent, model, warnings: input.warnings.warnings };
      },
      response(head) {
        const requestId = requestIdOf(head, context.requestId);
        const identity = { request, requestId, created: context.nowSeconds, model };
        if (isSuccess(head) && mediaTypeOf(head) === transport.streamType) {
          const writer = createEventWriter(build(), api, identity);
          const events = createEventTranslation(transport.createEventSource(), writer);
          const headers = bodyHeaders('openai', 'text/event-stream', requestId);
          return createTranslatedStream('openai', headers, events);
        }
        return createBufferedResponse({ dialect: 'openai', head, requestId }, (body) =>
          readMessage(body, { api, built: build(), identity, head }),
        );
      },
    };
  };
}

interface WholeAnswer {
  readonly api: ConversationApi;
  readonly built: BuiltMessagesRequest;
  readonly identity: AnswerIdentity;
  readonly head: ResponseHead;
}

/** Anything but a message, and any message in place of a stream, is an error in disguise. */
function readMessage(body: Uint8Array, { api, built, identity, head }: WholeAnswer): ClientResponse {
  const { request, requestId } = identity;
  const message = parseUpstreamObject(body);
  if (request.stream || message.value['type'] !== 'message') {
    return upstreamErrorToClient({ dialect: 'openai', head, body, requestId });
  }
  const counts = mapUsage(parseMessageUsage(message.value['usage']));
  const usage = Object.keys(counts).length > 0 ? counts : undefined;
  const model = stringOf(message.value['model']) ?? identity.model;
  const events = convertResponse(message, built);
  return {
    headers: bodyHeaders('openai', 'application/json', requestId),
    body: utf8.encode(api.encodeAnswer(events, { usage }, { ...identity, model })),
    responseModel: model,
    ...(usage && { usage }),
  };
}
