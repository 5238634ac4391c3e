import { createBufferedResponse } from '../../../buffered-response.ts';
import { bodyHeaders, isSuccess, mediaTypeOf, requestIdOf } from '../../../response-head.ts';
import { createTranslatedStream } from '../../../translated-stream.ts';
import type {
  ClientResponse,
  CreateTranslator,
  HeaderChanges,
  ResponseHead,
  UpstreamRequest,
} from '../../../translator.ts';
import { upstreamErrorToClient } from '../../../upstream-error.ts';
import { parseUpstreamObject } from '../../../upstream-json.ts';
import { createWarningCollector } from '../../../warnings.ts';
import { encodeJson } from '../../../wire/json-document.ts';
import { endpointPath } from '../endpoint-path.ts';
import type { AnswerContext } from './answer-context.ts';
import { buildChatRequest, type BuiltChatRequest } from './build-request.ts';
import { convertResponse } from './convert-response.ts';
import { createChunkTranslation } from './translate-stream.ts';

const utf8 = new TextEncoder();

const headers: HeaderChanges = {
  set: [
    ['content-type', 'application/json'],
    // What we translate we must be able to read piece by piece.
    ['accept-encoding', 'identity'],
  ],
  remove: ['anthropic-version', 'anthropic-beta', 'anthropic-dangerous-direct-browser-access'],
};

/**
 * Anthropic's messages on a server that speaks OpenAI's chat completions.
 * @see https://docs.anthropic.com/en/api/messages
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const createMessages: CreateTranslator = (request, target, context) => {
  const model = target.modelNameOverride || request.model;
  let built: (BuiltChatRequest & Pick<UpstreamRequest, 'warnings'>) | undefined;
  const build = (): NonNullable<typeof built> => {
    const warnings = createWarningCollector(target);
    return (built ??= {
      ...buildChatRequest({ request, target, context, model, warnings }),
      warnings: warnings.warnings,
    });
  };
  return {
    request() {
      const { body, warnings } = build();
      return {
        path: endpointPath(target, 'chat/completions'),
        headers,
        body: utf8.encode(encodeJson(body)),
        model,
        warnings,
      };
    },
    response(head) {
      const requestId = requestIdOf(head, context.requestId);
      const answer = { ...build(), requestId, model };
      if (request.stream && isSuccess(head) && mediaTypeOf(head) === 'text/event-stream') {
        return createTranslatedStream(
          'anthropic',
          bodyHeaders('anthropic', 'text/event-stream', requestId),
          createChunkTranslation(answer),
        );
      }
      return createBufferedResponse({ dialect: 'anthropic', head, requestId }, (body) =>
        readCompletion(body, answer, { head, isStream: request.stream }),
      );
    },
  };
};

interface WholeAnswer {
  readonly head: ResponseHead;
  readonly isStream: boolean;
}

/** Anything but a completion, and any completion in place of a stream, is an error in disguise. */
function readCompletion(
  body: Uint8Array,
  answer: AnswerContext,
  { head, isStream }: WholeAnswer,
): ClientResponse {
  const { requestId } = answer;
  const completion = parseUpstreamObject(body);
  if (isStream || !Array.isArray(completion.value['choices'])) {
    return upstreamErrorToClient({ dialect: 'anthropic', head, body, requestId });
  }
  const { message, usage } = convertResponse(completion, answer);
  return {
    headers: bodyHeaders('anthropic', 'application/json', requestId),
    body: utf8.encode(encodeJson(message)),
    responseModel: message.model,
    ...(usage && { usage }),
  };
}
