import { parseInvocationHeaders } from '../invocation-headers.ts';
import { createInvokeEventSource } from '../invoke-events.ts';
import { invokePath, invokeHeaders } from '../invoke-request.ts';
import { fillUsage, mapUsage } from '../../anthropic/map-usage.ts';
import { upstreamModel } from '../../anthropic/endpoint-path.ts';
import { createEventTranslation } from '../../anthropic/translate-events.ts';
import { createBufferedResponse } from '../../../buffered-response.ts';
import { bodyHeaders, isSuccess, mediaTypeOf, requestIdOf } from '../../../response-head.ts';
import { parseMessageUsage } from '../../../schemas/anthropic/usage.ts';
import { stringOf } from '../../../schemas/json-fields.ts';
import { createTranslatedStream } from '../../../translated-stream.ts';
import type {
  ClientRequest,
  ClientResponse,
  CreateTranslator,
  ResponseHead,
  StreamedResponse,
  UpstreamRequest,
  UpstreamTarget,
} from '../../../translator.ts';
import { upstreamErrorToClient } from '../../../upstream-error.ts';
import { parseUpstreamObject } from '../../../upstream-json.ts';
import { createWarningCollector } from '../../../warnings.ts';
import { encodeSseEvent } from '../../../wire/sse-encoder.ts';
import { buildInvokeBody } from './build-invoke-body.ts';

/**
 * Messages to a Claude model on Bedrock: the client's bytes, spliced; the answer's bytes, or its events in SSE framing.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export const createInvokeModelMessages: CreateTranslator = (request, target, context) => ({
  request: () => buildRequest(request, target),
  response: (head) => {
    const requestId = requestIdOf(head, context.requestId);
    if (isSuccess(head) && mediaTypeOf(head) === 'application/vnd.amazon.eventstream') {
      return createMessageStream(requestId);
    }
    return createBufferedResponse({ dialect: 'anthropic', head, requestId }, (body) =>
      readMessage({ head, body, requestId, isStream: request.stream }),
    );
  },
});

function buildRequest(request: ClientRequest, target: UpstreamTarget): UpstreamRequest {
  const warnings = createWarningCollector(target);
  const model = upstreamModel(target, request.model);
  const { body, serviceTier } = buildInvokeBody(request, target, warnings);
  return {
    path: invokePath(model, request.stream),
    headers: invokeHeaders(request, serviceTier),
    body,
    model,
    warnings: warnings.warnings,
  };
}

function createMessageStream(requestId: string): StreamedResponse {
  const headers = bodyHeaders('anthropic', 'text/event-stream', requestId);
  const write = ({ type, data }: { type: string; data: string }): string =>
    encodeSseEvent({ event: type, data });
  return createTranslatedStream(
    'anthropic',
    headers,
    createEventTranslation(createInvokeEventSource(), { write, finish: () => '' }),
  );
}

interface WholeAnswer {
  readonly head: ResponseHead;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly isStream: boolean;
}

/** A whole message passes on as it is; headers count where the body does not. Anything else is an error that came with a 200. */
function readMessage({ head, body, requestId, isStream }: WholeAnswer): ClientResponse {
  const message = parseUpstreamObject(body).value;
  if (isStream || message['type'] !== 'message') {
    return upstreamErrorToClient({ dialect: 'anthropic', head, body, requestId });
  }
  const usage = mapUsage(fillUsage(parseMessageUsage(message['usage']), parseInvocationHeaders(head)));
  const responseModel = stringOf(message['model']);
  return {
    headers: { set: [['request-id', requestId]], remove: [] },
    ...(Object.keys(usage).length > 0 && { usage }),
    ...(responseModel !== undefined && { responseModel }),
  };
}
