import {
  CommonResponse_ResponseStatus,
  create,
  HeaderValueOption_HeaderAppendAction,
  type MessageInitShape,
  ProcessingMode_BodySendMode,
  ProcessingMode_HeaderSendMode,
  ProcessingResponseSchema,
  toBinary,
} from '@aigw/envoy-proto';
import type { HeaderChanges } from '@aigw/translator';
import type {
  ChunkAnswer,
  ContinueAnswer,
  DynamicMetadata,
  ImmediateAnswer,
  ProcessingAnswer,
} from './messages.ts';

type ResponseInit = Exclude<MessageInitShape<typeof ProcessingResponseSchema>, { $typeName: string }>;
type CommonInit = NonNullable<
  Extract<NonNullable<ResponseInit['response']>, { case: 'requestHeaders' }>['value']
>['response'];

/** The namespace that Envoy's configuration lets us write to. */
const metadataNamespace = 'io.envoy.ai_gateway';

/**
 * Bytes of one `ProcessingResponse`.
 * @see https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/ext_proc/v3/external_processor.proto
 */
export function encodeProcessingResponse(answer: ProcessingAnswer): Uint8Array {
  return toBinary(ProcessingResponseSchema, create(ProcessingResponseSchema, buildResponse(answer)));
}

function buildResponse(answer: ProcessingAnswer): ResponseInit {
  switch (answer.kind) {
    case 'requestHeaders':
    case 'responseHeaders': {
      const response = { case: answer.kind, value: { response: buildCommon(answer) } };
      return { response, ...buildMetadata(answer.metadata), ...buildMode(answer.streamResponse) };
    }
    case 'requestBody':
    case 'responseBody': {
      const response = { case: answer.kind, value: { response: buildCommon(answer) } };
      return { response, ...buildMetadata(answer.metadata) };
    }
    case 'requestTrailers':
    case 'responseTrailers':
      return { response: { case: answer.kind, value: {} }, ...buildMetadata(answer.metadata) };
    case 'responseChunk':
      return buildChunk(answer);
    case 'immediate':
      return buildImmediate(answer);
    case 'extend':
      return { overrideMessageTimeout: buildDuration(answer.timeoutMs) };
  }
}

function buildCommon({ kind, headers, body, clearRouteCache = false }: ContinueAnswer): CommonInit {
  const isHeaders = kind === 'requestHeaders' || kind === 'responseHeaders';
  const isReplaced = isHeaders && body !== undefined;
  return {
    status: isReplaced
      ? CommonResponse_ResponseStatus.CONTINUE_AND_REPLACE
      : CommonResponse_ResponseStatus.CONTINUE,
    clearRouteCache,
    ...(headers && { headerMutation: buildHeaderMutation(headers) }),
    ...(body && { bodyMutation: { mutation: { case: 'body', value: body } } }),
  };
}

function buildChunk({ body, endOfStream, metadata }: ChunkAnswer): ResponseInit {
  const mutation = { case: 'streamedResponse' as const, value: { body, endOfStream } };
  return {
    response: { case: 'responseBody', value: { response: { bodyMutation: { mutation } } } },
    ...buildMetadata(metadata),
  };
}

function buildDuration(milliseconds: number): { seconds: bigint; nanos: number } {
  return {
    seconds: BigInt(Math.floor(milliseconds / 1000)),
    nanos: Math.floor((milliseconds % 1000) * 1_000_000),
  };
}

function buildImmediate({ status, headers, body, details }: ImmediateAnswer): ResponseInit {
  return {
    response: {
      case: 'immediateResponse',
      value: {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enum names registered codes, any other is as good on the wire
        status: { code: status },
        headers: buildHeaderMutation({ set: headers, remove: [] }),
        body: Buffer.from(body),
        details,
      },
    },
  };
}

function buildHeaderMutation({ set, remove }: HeaderChanges): {
  setHeaders: {
    header: { key: string; rawValue: Uint8Array };
    appendAction: HeaderValueOption_HeaderAppendAction;
  }[];
  removeHeaders: string[];
} {
  return {
    setHeaders: set.map(([key, value]) => ({
      header: { key, rawValue: Buffer.from(value) },
      appendAction: HeaderValueOption_HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
    })),
    removeHeaders: [...remove],
  };
}

function buildMetadata(metadata: DynamicMetadata | undefined): Pick<ResponseInit, 'dynamicMetadata'> {
  return metadata === undefined ? {} : { dynamicMetadata: { [metadataNamespace]: { ...metadata } } };
}

/** Full duplex: our pieces need not match Envoy's, a response can be ended early, and a tail can follow the last piece before trailers. */
function buildMode(streamResponse: boolean | undefined): Pick<ResponseInit, 'modeOverride'> {
  if (streamResponse !== true) return {};
  return {
    modeOverride: {
      responseHeaderMode: ProcessingMode_HeaderSendMode.SEND,
      responseBodyMode: ProcessingMode_BodySendMode.FULL_DUPLEX_STREAMED,
      responseTrailerMode: ProcessingMode_HeaderSendMode.SEND,
    },
  };
}
