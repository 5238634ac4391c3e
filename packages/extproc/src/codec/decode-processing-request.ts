import {
  fromBinary,
  type HttpBody,
  type HttpHeaders,
  ProcessingMode_BodySendMode,
  type ProcessingRequest,
  ProcessingRequestSchema,
} from '@aigw/envoy-proto';
import type { Attributes, HeaderMap, ProcessingMessage } from './messages.ts';

/** Envoy groups attributes by the name of the filter that they are for. */
const attributesKey = 'envoy.filters.http.ext_proc';

/**
 * Reads one `ProcessingRequest`; bodies are views of `bytes`. Undefined for a kind of message that we do not know.
 * @throws Error when the bytes are not such a message.
 * @see https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/ext_proc/v3/external_processor.proto
 */
export function decodeProcessingRequest(bytes: Uint8Array): ProcessingMessage | undefined {
  const message = fromBinary(ProcessingRequestSchema, bytes);
  const { request } = message;
  switch (request.case) {
    case 'requestHeaders':
    case 'responseHeaders':
      return convertHeaders(request.case, request.value, message);
    case 'requestBody':
    case 'responseBody':
      return convertBody(request.case, request.value);
    case 'requestTrailers':
    case 'responseTrailers':
      return { kind: request.case };
    case undefined:
      return undefined;
  }
}

function convertHeaders(
  kind: 'requestHeaders' | 'responseHeaders',
  { headers, endOfStream }: HttpHeaders,
  { attributes, protocolConfig, metadataContext }: ProcessingRequest,
): ProcessingMessage {
  return {
    kind,
    headers: headers === undefined ? new Map() : readHeaders(headers.headers),
    attributes: readAttributes(attributes[attributesKey]),
    endOfStream,
    ...(metadataContext !== undefined && { metadata: metadataContext.filterMetadata }),
    ...(showsResponse(protocolConfig) && { showsResponse: true }),
  };
}

/** Envoy says how it is set up with the first message of a stream. */
function showsResponse(config: ProcessingRequest['protocolConfig']): boolean {
  return (
    config?.sendBodyWithoutWaitingForHeaderResponse === true &&
    config.responseBodyMode === ProcessingMode_BodySendMode.STREAMED
  );
}

function convertBody(
  kind: 'requestBody' | 'responseBody',
  { body, endOfStream }: HttpBody,
): ProcessingMessage {
  return { kind, body, endOfStream };
}

function readHeaders(
  entries: readonly { readonly key: string; readonly value: string; readonly rawValue: Uint8Array }[],
): HeaderMap {
  const headers = new Map<string, string>();
  for (const { key, value, rawValue } of entries) {
    const text = rawValue.length > 0 ? viewAsBuffer(rawValue).toString('utf8') : value;
    const name = key.toLowerCase();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? text : `${earlier}, ${text}`);
  }
  return headers;
}

function readAttributes(fields: Readonly<Record<string, unknown>> | undefined): Attributes | undefined {
  if (fields === undefined) return undefined;
  const attributes = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') attributes.set(name, value);
  }
  return attributes;
}

function viewAsBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
