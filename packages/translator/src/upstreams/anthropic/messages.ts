import { plainStream } from '../../endpoints/plain-stream.ts';
import { objectOf, stringOf } from '../../schemas/json-fields.ts';
import { parseMessageUsage } from '../../schemas/anthropic/usage.ts';
import type {
  ClientRequest,
  ClientResponse,
  CreateTranslator,
  ResponseHead,
  TranslationContext,
  UpstreamRequest,
  UpstreamTarget,
} from '../../translator.ts';
import { isSuccess, mediaTypeOf } from '../../response-head.ts';
import { upstreamErrorToClient, upstreamFailure } from '../../upstream-error.ts';
import { parseUpstreamObject } from '../../upstream-json.ts';
import type { JsonObject } from '../../wire/json-document.ts';
import { spliceJson } from '../../wire/json-splice.ts';
import { defaultAnthropicVersion, endpointPath, upstreamModel } from './endpoint-path.ts';
import { mapUsage } from './map-usage.ts';
import { createPassthroughStream } from './passthrough-stream.ts';

const unchanged = { set: [], remove: [] };

/**
 * Messages to the API that they were written for: the bytes stay as they are, in both directions, and are read along.
 * @see https://docs.anthropic.com/en/api/messages
 */
export const createAnthropicMessages: CreateTranslator = (request, target, context) => ({
  request: () => buildPassthrough(request, target, 'messages'),
  response: (head) => {
    if (isSuccess(head) && mediaTypeOf(head) === 'text/event-stream') return createPassthroughStream();
    const { requestId } = context;
    // A client that waits for events would take a body without any for an empty answer.
    const finish = (body: Uint8Array): ClientResponse =>
      request.stream && isSuccess(head)
        ? upstreamErrorToClient({ dialect: 'anthropic', head, body, requestId })
        : finishPassthrough(head, body, context);
    return { kind: 'buffered', finish };
  },
});

/**
 * The client's request as it is, but for the model where the backend overrides it and a `stream` that is a text.
 * `anthropic-version` is added where the client left it out.
 */
export function buildPassthrough(
  request: ClientRequest,
  target: UpstreamTarget,
  endpoint: string,
): UpstreamRequest {
  const model = upstreamModel(target, request.model);
  const version = request.headers.get('anthropic-version');
  const isOverridden = model !== request.model;
  const edits = [
    ...(isOverridden ? [{ path: ['model'], value: JSON.stringify(model) }] : []),
    ...plainStream(request),
  ];
  return {
    path: endpointPath(target, endpoint, request.query),
    headers: { set: version ? [] : [['anthropic-version', defaultAnthropicVersion]], remove: [] },
    ...(edits.length > 0 && { body: spliceJson(request.document, edits) }),
    model,
    warnings: [],
  };
}

/** Answers pass on untouched; only errors that are not in Anthropic's envelope (a proxy's, say) get one. */
export function finishPassthrough(
  head: ResponseHead,
  body: Uint8Array,
  context: TranslationContext,
): ClientResponse {
  const answer = parseLeniently(body);
  if (isSuccess(head)) return answer ? observeMessage(answer) : { headers: unchanged };
  if (answer?.['type'] === 'error' && objectOf(answer['error'])) {
    return { headers: unchanged, failure: upstreamFailure(head, body) };
  }
  return upstreamErrorToClient({ dialect: 'anthropic', head, body, requestId: context.requestId });
}

function parseLeniently(body: Uint8Array): JsonObject | undefined {
  try {
    return parseUpstreamObject(body).value;
  } catch {
    return undefined;
  }
}

/** What a whole message says about itself; the client gets it as it is. */
export function observeMessage(message: JsonObject): ClientResponse {
  const usage = mapUsage(parseMessageUsage(message['usage']));
  const responseModel = stringOf(message['model']);
  return {
    headers: unchanged,
    ...(Object.keys(usage).length > 0 && { usage }),
    ...(responseModel !== undefined && { responseModel }),
  };
}
