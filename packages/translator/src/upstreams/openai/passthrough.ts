import type { AnswerIdentity } from '../../endpoints/conversation-api.ts';
import { plainStream } from '../../endpoints/plain-stream.ts';
import { responsesApi } from '../../endpoints/responses/responses-api.ts';
import { bodyHeaders, isSuccess, mediaTypeOf, requestIdOf } from '../../response-head.ts';
import { objectOf, stringOf } from '../../schemas/json-fields.ts';
import type {
  BufferedResponse,
  ClientRequest,
  ClientResponse,
  CreateTranslator,
  HeaderChanges,
  ResponseFailure,
  ResponseHead,
  UpstreamTarget,
} from '../../translator.ts';
import { encodeStreamError, upstreamErrorToClient, upstreamFailure } from '../../upstream-error.ts';
import { parseUpstreamObject } from '../../upstream-json.ts';
import { createWarningCollector } from '../../warnings.ts';
import type { JsonObject } from '../../wire/json-document.ts';
import { spliceJson, type JsonEdit } from '../../wire/json-splice.ts';
import { endpointPath } from './endpoint-path.ts';
import { mapUsage } from './map-usage.ts';
import { createPassthroughStream } from './passthrough-stream.ts';
import { renameMaxTokens } from './rename-max-tokens.ts';

const untouched: HeaderChanges = { set: [], remove: [] };

/** An endpoint of OpenAI's API on a server of the same API: bytes pass as they are, but for the few fields that must change. */
export function createPassthrough(resource: string): CreateTranslator {
  return (request, target, context) => {
    const isUsageForced = reportsUsageOnRequest(request) && !asksForUsage(request);
    return {
      request() {
        const warnings = createWarningCollector(target);
        const edits = [
          ...buildEdits(request, target, isUsageForced),
          ...renameMaxTokens(request, target, warnings),
          ...plainStream(request),
        ];
        return {
          path: `${endpointPath(target, resource)}${request.query}`,
          headers: requestHeaders(isUsageForced),
          ...(edits.length > 0 && { body: spliceJson(request.document, edits) }),
          model: target.modelNameOverride || request.model,
          warnings: warnings.warnings,
        };
      },
      response(head) {
        const requestId = requestIdOf(head, context.requestId);
        if (!isSuccess(head)) return createErrorResponse(head, requestId);
        if (mediaTypeOf(head) !== 'text/event-stream') return createAnswer(head, requestId);
        const headers = isUsageForced ? bodyHeaders('openai', 'text/event-stream', requestId) : untouched;
        const encodeFailure = createFailureEncoder({ request, requestId, created: context.nowSeconds });
        return createPassthroughStream({ isUsageHidden: isUsageForced, headers, encodeFailure });
      },
    };
  };
}

/** Streams of responses are sequences of events, and end as such. */
function createFailureEncoder(identity: Omit<AnswerIdentity, 'model'>): (failure: ResponseFailure) => string {
  const { endpoint, model } = identity.request;
  if (endpoint !== 'responses') return (failure) => encodeStreamError('openai', failure);
  return (failure) => responsesApi.createEncoder({ ...identity, model }).fail(failure);
}

/** Servers count the tokens of these streams only when asked to. */
function reportsUsageOnRequest({ endpoint, stream }: ClientRequest): boolean {
  return stream && (endpoint === 'chatCompletions' || endpoint === 'completions');
}

function streamOptions({ document }: ClientRequest): JsonObject | undefined {
  return objectOf(objectOf(document.value)?.['stream_options']);
}

function asksForUsage(request: ClientRequest): boolean {
  return streamOptions(request)?.['include_usage'] === true;
}

function buildEdits(
  request: ClientRequest,
  { modelNameOverride }: UpstreamTarget,
  isUsageForced: boolean,
): JsonEdit[] {
  const edits: JsonEdit[] = [];
  if (modelNameOverride && modelNameOverride !== request.model) {
    edits.push({ path: ['model'], value: JSON.stringify(modelNameOverride) });
  }
  if (isUsageForced) {
    edits.push(
      streamOptions(request)
        ? { path: ['stream_options', 'include_usage'], value: 'true' }
        : { path: ['stream_options'], value: '{"include_usage":true}' },
    );
  }
  return edits;
}

function requestHeaders(isUsageForced: boolean): HeaderChanges {
  return {
    remove: ['anthropic-version', 'anthropic-beta'],
    // What is to be taken out of the answer must be readable piece by piece.
    set: isUsageForced ? [['accept-encoding', 'identity']] : [],
  };
}

/** An error in OpenAI's form passes; anything else (a proxy's page, nothing) gets that form. */
function createErrorResponse(head: ResponseHead, requestId: string): BufferedResponse {
  return {
    kind: 'buffered',
    finish: (body) =>
      isOpenAiError(body)
        ? { headers: untouched, failure: upstreamFailure(head, body) }
        : upstreamErrorToClient({ dialect: 'openai', head, body, requestId }),
  };
}

function isOpenAiError(body: Uint8Array): boolean {
  const error = parse(body)?.['error'];
  return typeof error === 'string' || objectOf(error) !== undefined;
}

/** Some servers answer 200 and only the body says that it is an error. Objects of the API, failed responses included, are answers. */
function createAnswer(head: ResponseHead, requestId: string): BufferedResponse {
  return {
    kind: 'buffered',
    finish(body) {
      const value = parse(body);
      const isError = objectOf(value?.['error']) !== undefined && value?.['object'] === undefined;
      return isError
        ? upstreamErrorToClient({ dialect: 'openai', head, body, requestId })
        : readAnswer(value);
    },
  };
}

function readAnswer(value: JsonObject | undefined): ClientResponse {
  const usage = mapUsage(value?.['usage']);
  const responseModel = stringOf(value?.['model']);
  return {
    headers: untouched,
    ...(usage && { usage }),
    ...(responseModel !== undefined && { responseModel }),
  };
}

/** A body that cannot be read passes unread. */
function parse(body: Uint8Array): JsonObject | undefined {
  try {
    return parseUpstreamObject(body).value;
  } catch {
    return undefined;
  }
}
