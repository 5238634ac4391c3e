import { createBufferedResponse } from '../../../buffered-response.ts';
import type { AnswerIdentity, ConversationApi } from '../../../endpoints/conversation-api.ts';
import { bodyHeaders, isSuccess, mediaTypeOf, requestIdOf } from '../../../response-head.ts';
import { createTranslatedStream } from '../../../translated-stream.ts';
import type {
  BufferedResponse,
  ClientResponse,
  CreateTranslator,
  ResponseHead,
  StreamedResponse,
  UpstreamRequest,
} from '../../../translator.ts';
import { parseUpstreamObject } from '../../../upstream-json.ts';
import { upstreamErrorToClient } from '../../../upstream-error.ts';
import { createWarningCollector } from '../../../warnings.ts';
import { eventStreamType } from '../converse/converse-headers.ts';
import { encodeConverseRequest } from '../converse/encode-converse-request.ts';
import type { BuiltConverseRequest } from '../converse/assemble-request.ts';
import { buildConverseRequest } from './build-converse-request.ts';
import { convertResponse } from './convert-response.ts';
import { createConverseStream } from './translate-stream.ts';

const utf8 = new TextEncoder();

/** Conversations of a client's API on Bedrock's Converse and ConverseStream. */
export function createConversationOver(api: ConversationApi): CreateTranslator {
  return (request, target, context) => {
    const model = target.modelNameOverride || request.model;
    let built: (BuiltConverseRequest & Pick<UpstreamRequest, 'warnings'>) | undefined;
    const build = (): NonNullable<typeof built> => {
      const warnings = createWarningCollector(target);
      return (built ??= {
        ...buildConverseRequest({ api, request, target, context, model, warnings }),
        warnings: warnings.warnings,
      });
    };

    return {
      request: () => encodeConverseRequest(request, model, build()),
      response(head) {
        const requestId = requestIdOf(head, context.requestId);
        const identity = { request, requestId, created: context.nowSeconds, model: request.model };
        return readResponse(head, { api, built: build(), identity, model });
      },
    };
  };
}

interface ResponseContext {
  readonly api: ConversationApi;
  readonly built: BuiltConverseRequest;
  readonly identity: AnswerIdentity;
  /** The model that was asked. */
  readonly model: string;
}

function readResponse(head: ResponseHead, context: ResponseContext): BufferedResponse | StreamedResponse {
  const { api, built, identity } = context;
  const { request, requestId } = identity;
  if (isSuccess(head) && mediaTypeOf(head) === eventStreamType) {
    return createTranslatedStream(
      'openai',
      bodyHeaders('openai', 'text/event-stream', requestId),
      createConverseStream(built, api.createEncoder(identity)),
    );
  }
  return createBufferedResponse({ dialect: 'openai', head, requestId }, (body) =>
    // A stream that comes as something else is an error in disguise.
    request.stream
      ? upstreamErrorToClient({ dialect: 'openai', head, body, requestId })
      : convertAnswer(body, context),
  );
}

function convertAnswer(body: Uint8Array, { api, built, identity, model }: ResponseContext): ClientResponse {
  const { events, facts } = convertResponse(parseUpstreamObject(body), built);
  return {
    headers: bodyHeaders('openai', 'application/json', identity.requestId),
    body: utf8.encode(api.encodeAnswer(events, facts, identity)),
    responseModel: model,
    ...(facts.usage && { usage: facts.usage }),
  };
}
