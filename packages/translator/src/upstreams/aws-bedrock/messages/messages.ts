import { createBufferedResponse } from '../../../buffered-response.ts';
import { bodyHeaders, isSuccess, mediaTypeOf, requestIdOf } from '../../../response-head.ts';
import { createTranslatedStream } from '../../../translated-stream.ts';
import type { ClientResponse, CreateTranslator, ResponseHead, UpstreamRequest } from '../../../translator.ts';
import { upstreamErrorToClient } from '../../../upstream-error.ts';
import { parseUpstreamObject } from '../../../upstream-json.ts';
import { createWarningCollector } from '../../../warnings.ts';
import { encodeJson } from '../../../wire/json-document.ts';
import { eventStreamType } from '../converse/converse-headers.ts';
import { encodeConverseRequest } from '../converse/encode-converse-request.ts';
import type { AnswerContext } from './answer-context.ts';
import { buildMessagesRequest, type BuiltMessagesRequest } from './build-converse-request.ts';
import { convertResponse } from './convert-response.ts';
import { createConverseTranslation } from '../converse/translate-events.ts';
import { createMessageWriter } from './message-writer.ts';

const utf8 = new TextEncoder();

/** Anthropic's Messages on Bedrock's Converse and ConverseStream. @see https://docs.anthropic.com/en/api/messages */
export const createConverseMessages: CreateTranslator = (request, target, context) => {
  const model = target.modelNameOverride || request.model;
  let built: (BuiltMessagesRequest & Pick<UpstreamRequest, 'warnings'>) | undefined;
  const build = (): NonNullable<typeof built> => {
    const warnings = createWarningCollector(target);
    return (built ??= {
      ...buildMessagesRequest({ request, target, context, model, warnings }),
      warnings: warnings.warnings,
    });
  };

  return {
    request: () => encodeConverseRequest(request, model, build()),
    response(head) {
      const requestId = requestIdOf(head, context.requestId);
      const answer = { ...build(), id: messageId(requestId), model: request.model, upstreamModel: model };
      if (isSuccess(head) && mediaTypeOf(head) === eventStreamType) {
        return createTranslatedStream(
          'anthropic',
          bodyHeaders('anthropic', 'text/event-stream', requestId),
          createConverseTranslation(createMessageWriter(answer)),
        );
      }
      return createBufferedResponse({ dialect: 'anthropic', head, requestId }, (body) =>
        readAnswer(body, answer, { head, requestId, isStream: request.stream }),
      );
    },
  };
};

function messageId(requestId: string): string {
  return requestId.startsWith('msg_') ? requestId : `msg_${requestId}`;
}

interface WholeAnswer {
  readonly head: ResponseHead;
  readonly requestId: string;
  readonly isStream: boolean;
}

/** Anything but an answer, and any answer in place of a stream, is an error in disguise. */
function readAnswer(
  body: Uint8Array,
  answer: AnswerContext,
  { head, requestId, isStream }: WholeAnswer,
): ClientResponse {
  const source = parseUpstreamObject(body);
  if (isStream || !('output' in source.value || 'stopReason' in source.value)) {
    return upstreamErrorToClient({ dialect: 'anthropic', head, body, requestId });
  }
  const { message, usage } = convertResponse(source, answer);
  return {
    headers: bodyHeaders('anthropic', 'application/json', requestId),
    body: utf8.encode(encodeJson(message)),
    responseModel: answer.upstreamModel,
    ...(usage && { usage }),
  };
}
